import type { Teacher } from '../../../contract/app.ts';
import { teacherOverrides, type TeacherOverrides } from '../../../contract/jobs.ts';
import { colourChannels } from '../../../core/image/preparation.ts';
import { readBandList } from '../../lib/band-list.ts';
import { teacherText } from '../../text/en/steps/teacher.ts';

type Property = keyof TeacherOverrides;

/** A property of a teacher that the user can correct, as the text of a field. */
export interface Correction {
  readonly property: Property;
  readonly text: string;
  /** Allowed values; null for free text. */
  readonly choices: readonly string[] | null;
}

/** Inferred properties of a teacher, in the engine's order. */
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
  | { readonly overrides: TeacherOverrides }
  | { readonly property: Property; readonly why: string };

/**
 * Corrections from the fields: the changed ones together with earlier corrections, or the first invalid field.
 *
 * @param before properties before the changes, from `correctionsOf`
 * @param now texts of the changed fields
 * @param channels number of channels of the project's images
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
    if (property === 'colourBands' && !isAllowedCount(data, channels)) {
      return { property, why: teacherText.correct.asMany(channels) };
    }
    overrides[property] = data;
  }
  return { overrides: teacherOverrides.parse(overrides) };
}

/** True for as many bands as channels, or for three: red, green and blue serve other projects and do no harm here. */
function isAllowedCount(bands: unknown, channels: number): boolean {
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
