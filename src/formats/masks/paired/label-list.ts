import { UserError } from '../../../core/errors.ts';
import { backgroundName } from '../../../core/mask/class-names.ts';
import { unquoted, withoutEnd } from '../../../core/text/scan.ts';

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
/** Characters of a line: a name, a colour, and what tools write behind them. */
const lineLimit = 1000;

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
  const long = rows.find(({ line }) => line.length > lineLimit);
  if (long !== undefined) {
    throw wrongList(path, `line ${long.number} has more than ${lineLimit} characters`);
  }
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

/** What follows the name in `name:R,G,B:parts:actions`. */
const colourBehindColon = /\s*(\d{1,3})[\s,]+(\d{1,3})[\s,]+(\d{1,3})\s*(?::|$)/y;
const colourThenName = /^(\d{1,3})[\s,]+(\d{1,3})[\s,]+(\d{1,3})[\s,;]+([^\s,;\d].*)$/s;
const valueThenName = /^(\d{1,5})(?:\s*[:,;=]\s*|\s+)([^\s\d].*)$/s;
const hexAtEnd = /^#[0-9a-f]{6}$/i;
const hexLength = '#rrggbb'.length;

/** A name and the numbers of its colour, as texts. */
interface Coloured {
  readonly name: string;
  readonly parts: readonly string[];
}

function parseRow(line: string, number: number, path: string): Row {
  const hex = line.slice(-hexLength);
  const beforeHex = line.slice(0, -hexLength);
  const own = withoutEnd(beforeHex, /[\s,;:]/);
  if (hexAtEnd.test(hex) && own !== '' && own !== beforeHex) {
    return { ...parseNumbered(own, number, path), colour: colourOf(hex) };
  }
  return parseNumbered(line, number, path);
}

/** A row with its colour in decimal numbers, if it has one. */
function parseNumbered(line: string, number: number, path: string): Row {
  const coloured = labelMapRow(line) ?? nameThenColour(line) ?? turnedAround(line);
  if (coloured !== undefined) {
    const colour = colourIn(coloured.parts, number, path);
    return { name: nameIn(coloured.name), value: null, colour };
  }
  const numbered = valueThenName.exec(line);
  if (numbered) return { name: nameIn(numbered[2]), value: Number(numbered[1]), colour: null };
  return { name: nameIn(withoutColons(line)), value: null, colour: null };
}

/** Fits a line to `name:R,G,B:parts:actions`; a name may have colons itself. */
function labelMapRow(line: string): Coloured | undefined {
  for (let at = line.indexOf(':', 1); at >= 0; at = line.indexOf(':', at + 1)) {
    colourBehindColon.lastIndex = at + 1;
    const found = colourBehindColon.exec(line);
    if (found !== null) return { name: line.slice(0, at), parts: found.slice(1) };
  }
  return undefined;
}

/** Fits a line to a name and three numbers behind it, read from its end. */
function nameThenColour(line: string): Coloured | undefined {
  const parts: string[] = [];
  let rest = line;
  for (const between of [/[\s,]/, /[\s,]/, /[\s,;]/]) {
    const before = withoutEnd(rest, /\d/);
    parts.unshift(rest.slice(before.length));
    rest = withoutEnd(before, between);
    if (rest === before) return undefined;
  }
  const areShort = parts.every((part) => part.length >= 1 && part.length <= 3);
  return areShort && rest !== '' ? { name: rest, parts } : undefined;
}

function turnedAround(line: string): Coloured | undefined {
  const [, red, green, blue, name] = colourThenName.exec(line) ?? [];
  if (red === undefined || green === undefined || blue === undefined) return undefined;
  return { name: name ?? '', parts: [red, green, blue] };
}

/** CVAT leaves the colour out where it has none, and keeps the colons around it. */
function withoutColons(line: string): string {
  const colons = [':::', '::'].find((end) => line.endsWith(end) && line.length > end.length) ?? '';
  return line.slice(0, line.length - colons.length);
}

function nameIn(text = ''): string {
  return unquoted(text.trim()).normalize('NFC');
}

function colourIn(parts: readonly string[], line: number, path: string): Colour {
  const [red = 0, green = 0, blue = 0] = parts.map(Number);
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
