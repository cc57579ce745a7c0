import { UserError } from '../../../core/errors.ts';
import { backgroundName } from '../../../core/mask/class-names.ts';

/**
 * Lists of classes beside masks: `labelmap.txt` of CVAT and Datumaro (`name:R,G,B:parts:actions`),
 * `classes.txt` with a name a line, a number and a name, or a name and a colour.
 */

/** [0, 255] each. */
export type Colour = readonly [red: number, green: number, blue: number];

export interface ListedLabel {
  readonly name: string;
  /** In the mask: as the list has it, else the place in the list. 255 for “ignore”. */
  readonly value: number;
  /** Null where the list has names alone. */
  readonly colour: Colour | null;
}

/** Bytes; more is no list of classes. */
export const labelListLimit = 2 ** 20;
const labelLimit = 4096;

/** Names that lists of classes have, in the order in which they are taken. */
export const labelListNames: readonly string[] = [
  'labelmap.txt',
  'label_map.txt',
  'classes.txt',
  'labels.txt',
  'label_colors.txt',
  'class_dict.csv',
];

/**
 * Reads a list. Where it has neither numbers nor colours, values count from 0 if its first name is that
 * of the background, else from 1.
 *
 * @param path for the errors. @throws UserError 'invalid-labels'
 */
export function parseLabelList(text: string, path: string): ListedLabel[] {
  const rows = text
    .replace(/^\ufeff/, '')
    .split(/\r\n|\r|\n/)
    .map((line, index) => ({ line: line.trim(), number: index + 1 }))
    .filter(({ line }) => line !== '' && !line.startsWith('#'))
    .filter(({ line }, index) => index > 0 || !isHeader(line));
  if (rows.length > labelLimit) throw wrongList(path, `it has more than ${labelLimit} lines`);
  const parsed = rows.map(({ line, number }) => parseRow(line, number, path));
  const hasColours = parsed.some(({ colour }) => colour !== null);
  // labelme begins its lists with what is not counted; they have no colours.
  const counted = hasColours ? parsed : parsed.filter(({ name }) => !/^__ignore__$/i.test(name));
  const isFromZero = backgroundName.test(counted[0]?.name ?? '');
  const first = isFromZero || hasColours ? 0 : 1;
  const labels = counted.map(({ name, value, colour }, index) => ({
    name,
    value: value ?? index + first,
    colour,
  }));
  requireDistinct(labels, path);
  return labels;
}

/**
 * In the form of CVAT's `labelmap.txt`, in this order. A name that would be read as something else, a
 * remark or the head of a table, stands in quotes: a line that is passed over would shift the values of
 * all that follow.
 */
export function writeLabelList(
  labels: readonly { readonly name: string; readonly colour: Colour }[],
): string {
  const rows = labels.map(({ name, colour }) => {
    const isPlain = !name.startsWith('#') && !isHeader(name) && nameIn(name) === name;
    return `${isPlain ? name : `"${name}"`}:${colour.join(',')}::\n`;
  });
  return `# label:color_rgb:parts:actions\n${rows.join('')}`;
}

/** `#rrggbb`. */
export function colourText(colour: Colour): string {
  return `#${colour.map((part) => part.toString(16).padStart(2, '0')).join('')}`;
}

/** Of `#rrggbb`. */
export function colourOf(text: string): Colour {
  const parts = [1, 3, 5].map((at) => parseInt(text.slice(at, at + 2), 16));
  const [red = 0, green = 0, blue = 0] = parts;
  return [red, green, blue];
}

interface Row {
  readonly name: string;
  readonly value: number | null;
  readonly colour: Colour | null;
}

const three = String.raw`(\d{1,3})[\s,]+(\d{1,3})[\s,]+(\d{1,3})`;
/** `name:R,G,B:parts:actions`; a name may have colons itself. */
const labelMapRow = new RegExp(String.raw`^(.+?):\s*${three}\s*(?::.*)?$`);
const nameThenColour = new RegExp(String.raw`^(.+?)[\s,;]+${three}$`);
const colourThenName = new RegExp(String.raw`^${three}[\s,;]+(\D.*)$`);
const valueThenName = /^(\d{1,5})(?:\s*[:,;=]\s*|\s+)(\D.*)$/;
const hexAtEnd = /^(.*\S)[\s,;:]+#([0-9a-f]{6})$/i;
/** CVAT leaves the colour out where it has none. */
const withoutColour = /^(.+?):::?$/;

function parseRow(line: string, number: number, path: string): Row {
  const hex = hexAtEnd.exec(line);
  if (hex?.[1] !== undefined) {
    return { ...parseRow(hex[1], number, path), colour: colourOf(`#${hex[2] ?? ''}`) };
  }
  const map = labelMapRow.exec(line) ?? nameThenColour.exec(line);
  if (map) return { name: nameIn(map[1]), value: null, colour: colourIn(map, 2, number, path) };
  const turned = colourThenName.exec(line);
  if (turned)
    return { name: nameIn(turned[4]), value: null, colour: colourIn(turned, 1, number, path) };
  const numbered = valueThenName.exec(line);
  if (numbered) return { name: nameIn(numbered[2]), value: Number(numbered[1]), colour: null };
  return { name: nameIn(withoutColour.exec(line)?.[1] ?? line), value: null, colour: null };
}

function nameIn(text = ''): string {
  return text
    .trim()
    .replace(/^(["'])(.*)\1$/, '$2')
    .normalize('NFC');
}

function colourIn(match: RegExpExecArray, at: number, line: number, path: string): Colour {
  const [red = 0, green = 0, blue = 0] = [0, 1, 2].map((part) => Number(match[at + part]));
  if (Math.max(red, green, blue) > 255) {
    throw wrongList(path, `line ${line} has a colour beyond 255`);
  }
  return [red, green, blue];
}

function isHeader(line: string): boolean {
  return /^(?:name|label|class)[\s,;:]+(?:r[\s,;]+g[\s,;]+b|red[\s,;]+green[\s,;]+blue|colou?rs?)(?![\p{L}\p{N}])/iu.test(
    line,
  );
}

function requireDistinct(labels: readonly ListedLabel[], path: string): void {
  const seen = new Map<string, string>();
  for (const { name, value, colour } of labels) {
    const keys = [
      `the name “${name}”`,
      colour ? `the colour ${colour.join(',')}` : `the number ${value}`,
    ];
    for (const key of keys) {
      if (seen.has(key)) throw wrongList(path, `it has ${key} twice`);
      seen.set(key, name);
    }
  }
}

function wrongList(path: string, why: string): UserError {
  return new UserError(
    'invalid-labels',
    `${path} is no list of classes: ${why}. Correct it or remove it.`,
  );
}
