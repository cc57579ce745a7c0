import type { Teacher } from '../../../contract/app.ts';
import { teacherOverrides, type TeacherOverrides } from '../../../contract/jobs.ts';
import { colourChannels } from '../../../core/image/preparation.ts';
import { readBandList } from '../../lib/band-list.ts';
import { teacherText } from '../../text/en/teacher.ts';

type Property = keyof TeacherOverrides;

/** What a person may know better than a teacher's file, as it is written in a field. */
export interface Correction {
  readonly property: Property;
  readonly text: string;
  /** What it may be; null where that is written freely. */
  readonly choices: readonly string[] | null;
}

/** As the teacher was read: in the order in which the engine names them. */
export function correctionsOf({ inferred }: Pick<Teacher, 'inferred'>): readonly Correction[] {
  return inferred.map(({ property, value }) => ({
    property,
    text: Array.isArray(value) ? value.join(', ') : String(value),
    choices: choicesOf(property),
  }));
}

function choicesOf(property: Property): readonly string[] | null {
  const { activation, pooling } = teacherOverrides.shape;
  if (property === 'activation') return activation.unwrap().options;
  return property === 'pooling' ? pooling.unwrap().options : null;
}

export type Corrected =
  { readonly overrides: TeacherOverrides } | { readonly property: Property; readonly why: string };

/**
 * What the fields say: of them what was changed, and what a person had said before. Or the first one that will not do.
 *
 * @param before as `correctionsOf` gave them
 * @param channels of images, as the project sees them
 */
export function correctedBy(
  { inferred }: Pick<Teacher, 'inferred'>,
  before: readonly Correction[],
  now: Readonly<Partial<Record<Property, string>>>,
  channels: number,
): Corrected {
  const given = inferred.flatMap(({ property, value, source }) =>
    source === 'given' ? [[property, value] as const] : [],
  );
  const overrides: Record<string, unknown> = Object.fromEntries(given);
  for (const { property, text } of before) {
    const written = (now[property] ?? text).trim();
    if (written === text) continue;
    const { success, data } = teacherOverrides.shape[property].safeParse(
      valueOf(property, written),
    );
    if (!success || data === undefined)
      return { property, why: teacherText.correct.wrong[property] };
    if (property === 'colourBands' && !isAsMany(data, channels)) {
      return { property, why: teacherText.correct.asMany(channels) };
    }
    overrides[property] = data;
  }
  return { overrides: teacherOverrides.parse(overrides) };
}

/** Red, green and blue are of use to other projects, and no matter to one that sees others. */
function isAsMany(bands: unknown, channels: number): boolean {
  return Array.isArray(bands) && (bands.length === channels || bands.length === colourChannels);
}

const lists: ReadonlySet<Property> = new Set(['mean', 'deviation']);

function valueOf(property: Property, text: string): unknown {
  if (choicesOf(property) !== null) return text;
  if (property === 'colourBands') {
    const read = readBandList(text);
    return 'bands' in read ? read.bands : undefined;
  }
  const numbers = text.split(/[\s,;]+/).map((part) => (part === '' ? NaN : Number(part)));
  return lists.has(property) ? numbers : numbers[0];
}
