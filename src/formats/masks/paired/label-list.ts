import { UserError } from '../../../core/errors.ts';
import { backgroundName } from '../../../core/mask/class-names.ts';
import { unquoted, withoutEnd } from '../../../core/text/scan.ts';
import { classListText } from '../../../text/index.ts';

/**
 * Lists of classes next to masks: `labelmap.txt` of CVAT and Datumaro (`name:R,G,B:parts:actions`),
 * `classes.txt` with one name per line, a number and a name, or a name and a colour.
 */

/** [0, 255] each. */
export type LabelColour = readonly [red: number, green: number, blue: number];

export interface ListedLabel {
  readonly name: string;
  /** Value in the mask: as listed, else the position in the list. 255 for “ignore”. */
  readonly value: number;
  /** Null if the list has only names. */
  readonly colour: LabelColour | null;
}

/** Largest size of a list of classes in bytes. */
export const labelListLimit = 2 ** 20;
const labelLimit = 4096;
/** Characters of a line: a name, a colour, and the fields that tools write after them. */
const lineLimit = 1000;

/** File names of lists of classes, the preferred first. */
export const labelListNames: readonly string[] = [
  'labelmap.txt',
  'label_map.txt',
  'classes.txt',
  'labels.txt',
  'label_colors.txt',
  'class_dict.csv',
];

/**
 * Reads a list. If it has neither numbers nor colours, values count from 0 if its first name is that
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
  if (rows.length > labelLimit) throw wrongList(path, classListText.tooManyLines(labelLimit));
  const long = rows.find(({ line }) => line.length > lineLimit);
  if (long !== undefined) {
    throw wrongList(path, classListText.lineTooLong(long.number, lineLimit));
  }
  const parsed = rows.map(({ line, number }) => parseRow(line, number, path));
  const hasColours = parsed.some(({ colour }) => colour !== null);
  // labelme begins its lists with an entry that has no value; they have no colours.
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
 * Writes the classes in the form of CVAT's `labelmap.txt`, in this order. A name that would be read as something
 * else, a comment or a table's header, is quoted: a skipped line would shift the values of all that follow.
 */
export function writeLabelList(
  labels: readonly { readonly name: string; readonly colour: LabelColour }[],
): string {
  const rows = labels.map(({ name, colour }) => {
    const isPlain = !name.startsWith('#') && !isHeader(name) && nameIn(name) === name;
    return `${isPlain ? name : `"${name}"`}:${colour.join(',')}::\n`;
  });
  return `# label:color_rgb:parts:actions\n${rows.join('')}`;
}

/** `#rrggbb`. */
export function colourText(colour: LabelColour): string {
  return `#${colour.map((part) => part.toString(16).padStart(2, '0')).join('')}`;
}

/** Parses `#rrggbb`. */
export function colourOf(text: string): LabelColour {
  const parts = [1, 3, 5].map((at) => parseInt(text.slice(at, at + 2), 16));
  const [red = 0, green = 0, blue = 0] = parts;
  return [red, green, blue];
}

interface Row {
  readonly name: string;
  readonly value: number | null;
  readonly colour: LabelColour | null;
}

/** Colour that follows the name in `name:R,G,B:parts:actions`. */
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

/** Removes the colons that CVAT writes after a name without a colour. */
function withoutColons(line: string): string {
  const colons = [':::', '::'].find((end) => line.endsWith(end) && line.length > end.length) ?? '';
  return line.slice(0, line.length - colons.length);
}

function nameIn(text = ''): string {
  return unquoted(text.trim()).normalize('NFC');
}

function colourIn(parts: readonly string[], line: number, path: string): LabelColour {
  const [red = 0, green = 0, blue = 0] = parts.map(Number);
  if (Math.max(red, green, blue) > 255) {
    throw wrongList(path, classListText.colourAbove255(line));
  }
  return [red, green, blue];
}

function isHeader(line: string): boolean {
  return /^(?:name|label|class)[\s,;:]+(?:r[\s,;]+g[\s,;]+b|red[\s,;]+green[\s,;]+blue|colou?rs?)(?![\p{L}\p{N}])/iu.test(
    line,
  );
}

function requireDistinct(labels: readonly ListedLabel[], path: string): void {
  // The reason names what is repeated, so it serves as its key.
  const seen = new Set<string>();
  for (const { name, value, colour } of labels) {
    const reasons = [
      classListText.nameTwice(name),
      colour ? classListText.colourTwice(colour) : classListText.numberTwice(value),
    ];
    for (const reason of reasons) {
      if (seen.has(reason)) throw wrongList(path, reason);
      seen.add(reason);
    }
  }
}

function wrongList(path: string, why: string): UserError {
  return new UserError('invalid-labels', classListText.notValid(path, why));
}
