import type { SourceClass } from '../../../contract/mask-sources.ts';
import { UserError } from '../../../core/errors.ts';
import { reservedWord } from '../../../core/mask/class-names.ts';
import { ignoreValue } from '../../../core/mask/tiles.ts';
import { classLimit } from '../mask-source.ts';
import { colourText, type Colour, type ListedLabel } from './label-list.ts';
import { areGreys, colourOfNumber, type MaskValues } from './survey.ts';

/** What the values of a set of masks mean. */
export interface ValueTable {
  /** Whether masks are taken by their colours; else by their numbers. */
  readonly byColour: boolean;
  readonly classes: readonly SourceClass[];
  /** Number or colour in the file → value of the class, 0 background, 255 nothing known. */
  readonly values: ReadonlyMap<number, number>;
}

/** PASCAL VOC draws in this colour where nothing is known. */
const vocVoid = pack([224, 224, 192]);
const black = 0;

/**
 * Decides for all masks of a set together what their values mean. Classes of a list come with their
 * names, whether or not a mask has them; others with their number or colour alone. Where there is nothing
 * but 0 and 255 the 255 is a class, else it means that nothing is known.
 *
 * @throws UserError 'too-large' for more classes than a mask can hold, 'invalid-labels' where masks have 255 and
 * nothing tells which of the two it is
 */
export function valueTable(
  masks: readonly MaskValues[],
  list: readonly ListedLabel[],
  place: string,
): ValueTable {
  const byColour = isByColour(masks, list);
  const counts = countValues(masks, byColour);
  const entries = byColour ? colourEntries(counts, list) : numberEntries(counts, list, masks);
  const values = new Map<number, number>();
  const classes: SourceClass[] = [];
  for (const [stored, entry] of entries) {
    if (entry === 'background' || entry === 'nothing') {
      values.set(stored, entry === 'background' ? 0 : ignoreValue);
      continue;
    }
    const value = classes.length + 1;
    if (value > classLimit) {
      throw new UserError(
        'too-large',
        `The masks of ${place} have more than ${classLimit} classes, which is what a mask can hold. Merge classes first.`,
      );
    }
    values.set(stored, value);
    classes.push({ value, ...entry, count: counts.get(stored) ?? 0 });
  }
  return { byColour, classes, values };
}

type Entry = Pick<SourceClass, 'name' | 'number' | 'colour'> | 'background' | 'nothing';

function isByColour(masks: readonly MaskValues[], list: readonly ListedLabel[]): boolean {
  if (masks.some(({ isColour, values }) => isColour && !areGreys(values))) return true;
  const listed = new Set(list.flatMap(({ colour }) => (colour ? [pack(colour)] : [])));
  if (listed.size === 0) return false;
  listed.add(black);
  return masks.every(
    ({ palette, values, isColour }) =>
      (palette !== null || isColour) &&
      [...values].every((value) => listed.has(isColour ? value : colourOfNumber(value, palette))),
  );
}

/** In how many masks each number or colour is. */
function countValues(masks: readonly MaskValues[], byColour: boolean): Map<number, number> {
  const counts = new Map<number, number>();
  for (const { values, isColour, palette } of masks) {
    for (const value of values) {
      const stored =
        byColour === isColour ? value : byColour ? colourOfNumber(value, palette) : value & 255;
      counts.set(stored, (counts.get(stored) ?? 0) + 1);
    }
  }
  return counts;
}

function numberEntries(
  counts: ReadonlyMap<number, number>,
  list: readonly ListedLabel[],
  masks: readonly MaskValues[],
): Map<number, Entry> {
  const entries = new Map<number, Entry>();
  const isBinary =
    counts.has(255) &&
    [...counts.keys()].every((value) => value === 0 || value === 255) &&
    !masks.some(isVoidAt255);
  const [only, ...more] = list.filter(({ name }) => reservedWord(name) !== 'background');
  const isNamed = isBinary && only !== undefined && more.length === 0;
  for (const { name, value, colour } of list) {
    const special = specialEntry(name);
    if (special !== null) entries.set(value, special);
    else if (isNamed) entries.set(255, { name, number: 255, colour: colour && colourText(colour) });
    else entries.set(value, { name, number: value, colour: colour && colourText(colour) });
  }
  if (!entries.has(0)) entries.set(0, 'background');
  for (const value of sorted(counts.keys())) {
    if (entries.has(value)) continue;
    const isUnknown = value === 255 && !isBinary;
    if (isUnknown) refuseMixed(masks);
    entries.set(value, isUnknown ? 'nothing' : { name: null, number: value, colour: null });
  }
  return new Map(sorted(entries.keys()).map((value) => [value, entries.get(value) ?? 'nothing']));
}

/** What a list names that is no class. */
function specialEntry(name: string): 'background' | 'nothing' | null {
  const word = reservedWord(name);
  return word === 'ignore' ? 'nothing' : word;
}

/** By its palette, as in PASCAL VOC and in our own masks: 255 is no class there, even without others. */
function isVoidAt255({ palette, values }: MaskValues): boolean {
  return palette !== null && values.has(255) && colourOfNumber(255, palette) === vocVoid;
}

/**
 * Beside numbers 255 means that nothing is known, as a mask with both or a palette shows. Where there is neither, masks
 * of 0 and 255 alone may as well come from another program, in which 255 is what was drawn.
 */
function refuseMixed(masks: readonly MaskValues[]): void {
  const drawn = masks.map((mask) => ({ path: mask.path, numbers: numbersOf(mask) }));
  const numbered = drawn.filter(({ numbers }) => numbers.some(isClassNumber));
  const binary = drawn.filter(
    ({ numbers }) => numbers.length === 2 && !numbers.some(isClassNumber),
  );
  const isShown = masks.some(isVoidAt255) || numbered.some(({ numbers }) => numbers.includes(255));
  const [one, other] = [numbered[0], binary[0]];
  if (isShown || !one || !other) return;
  const shown = one.numbers.slice(0, 5).join(', ') + (one.numbers.length > 5 ? ', …' : '');
  throw new UserError(
    'invalid-labels',
    `${other.path}${moreOf(binary)} has the numbers 0 and 255 alone, and ${one.path}${moreOf(numbered)} has ${shown}, so it cannot be told whether 255 is a class or says that nothing is known. Save all masks with the same numbers; or, where nothing is known at 255, say so with a line “255 ignore” in the list of classes beside the masks (classes.txt).`,
  );
}

function numbersOf({ values, isColour, hasTransparent }: MaskValues): number[] {
  const numbers = [...values].map((value) => (isColour ? value & 255 : value));
  return sorted(new Set(hasTransparent ? [0, ...numbers] : numbers));
}

function isClassNumber(value: number): boolean {
  return value !== 0 && value !== 255;
}

function moreOf({ length }: readonly unknown[]): string {
  return length === 1 ? '' : ` (with ${length - 1} more)`;
}

function colourEntries(
  counts: ReadonlyMap<number, number>,
  list: readonly ListedLabel[],
): Map<number, Entry> {
  const entries = new Map<number, Entry>();
  for (const { name, colour } of list) {
    if (colour === null) continue;
    const entry = { name, number: null, colour: colourText(colour) };
    entries.set(pack(colour), specialEntry(name) ?? entry);
  }
  if (!entries.has(black)) entries.set(black, 'background');
  if (!entries.has(vocVoid)) entries.set(vocVoid, 'nothing');
  for (const colour of sorted(counts.keys())) {
    if (entries.has(colour)) continue;
    entries.set(colour, { name: null, number: null, colour: colourText(unpack(colour)) });
  }
  return entries;
}

function sorted(values: Iterable<number>): number[] {
  return [...values].sort((a, b) => a - b);
}

function pack([red, green, blue]: Colour): number {
  return (red << 16) | (green << 8) | blue;
}

function unpack(colour: number): Colour {
  return [colour >> 16, (colour >> 8) & 255, colour & 255];
}
