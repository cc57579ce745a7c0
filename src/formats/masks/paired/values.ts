import type { SourceClass, StoredValue } from '../../../contract/mask-sources.ts';
import { UserError } from '../../../core/errors.ts';
import { classLimit, reservedWord } from '../../../core/mask/class-names.ts';
import { ignoreValue } from '../../../core/mask/tiles.ts';
import { colourText, type LabelColour, type ListedLabel } from './label-list.ts';
import { noValue, transparentValue } from './stored-mask.ts';
import { areGreys, colourOfNumber, type MaskValues } from './survey.ts';
import { pairedMaskText } from '../../../text/index.ts';

/** Meaning of the values of a set of masks. */
export interface ValueTable {
  /** True if masks are read by their colours, false by their numbers. */
  readonly byColour: boolean;
  readonly classes: readonly SourceClass[];
  /** Number or colour in the file → value of the class, 0 background, 255 unknown. */
  readonly values: ReadonlyMap<number, number>;
  /** Values that the masks store, the most frequent first; absent if the table was decided earlier. */
  readonly stored?: readonly StoredValue[];
}

/** Colour of unknown pixels in PASCAL VOC. */
const vocVoid = pack([224, 224, 192]);
/** Name for unknown pixels, which no class of a project can have. */
const voidName = 'ignore';
const black = 0;

/**
 * Determines for all masks of a set together what their values mean. Classes of a list have their
 * names, whether or not a mask has them; others only their number or colour. A value means
 * unknown pixels only if a list states it: 255 without a list is a class like any other, which the user
 * names or ignores. A value with PASCAL VOC's colour for unknown pixels is named “ignore”, so that ignoring it is
 * the proposal.
 *
 * @throws UserError 'too-large' for more classes than a mask can hold, 'invalid-labels' for masks with blurred edges
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
  if (!byColour && list.length === 0) refuseBlurred(masks, place);
  for (const [stored, entry] of entries) {
    if (entry === 'background' || entry === 'nothing') {
      values.set(stored, entry === 'background' ? 0 : ignoreValue);
      continue;
    }
    const value = classes.length + 1;
    if (value > classLimit) {
      throw new UserError('too-large', pairedMaskText.tooManyClasses(place, classLimit));
    }
    values.set(stored, value);
    classes.push({ value, ...entry, count: counts.get(stored) ?? 0 });
  }
  return { byColour, classes, values, stored: storedValues(masks, { byColour, values }) };
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

/** Number of values between two others from which on they are shades, not classes. */
const manyShades = 32;
/** Share of the brighter shade's pixels that no shade between the two reaches. */
const shadeShare = 0.25;

/**
 * Detects masks with soft edges, or saved with lossy compression: nearly all pixels are 0 or the largest number, and
 * the few between them are shades, each of which would be a class.
 */
function refuseBlurred(masks: readonly MaskValues[], place: string): void {
  const pixels = new Map<number, number>();
  for (const mask of masks) {
    for (const [stored, count] of mask.pixels) {
      if (stored < 0) continue;
      const key = keyOf(stored, mask, false);
      pixels.set(key, (pixels.get(key) ?? 0) + count);
    }
  }
  const most = Math.max(...pixels.keys());
  const between = [...pixels].filter(([value]) => value !== 0 && value !== most);
  const limit = shadeShare * (pixels.get(most) ?? 0);
  const isBlurred =
    pixels.has(0) && between.length >= manyShades && between.every(([, count]) => count < limit);
  if (!isBlurred) return;
  throw new UserError('invalid-labels', pairedMaskText.blurred(place, between.length, most));
}

/** Counts the masks that contain each number or colour. */
function countValues(masks: readonly MaskValues[], byColour: boolean): Map<number, number> {
  const counts = new Map<number, number>();
  for (const mask of masks) {
    for (const stored of new Set([...mask.values].map((value) => keyOf(value, mask, byColour)))) {
      counts.set(stored, (counts.get(stored) ?? 0) + 1);
    }
  }
  return counts;
}

/** Returns the number or colour under which a table has a stored value. */
function keyOf(value: number, { isColour, palette }: MaskValues, byColour: boolean): number {
  if (byColour === isColour) return value;
  return byColour ? colourOfNumber(value, palette) : value & 255;
}

/** Lists the values that the masks store, the most frequent first, with their share of all pixels. */
function storedValues(
  masks: readonly MaskValues[],
  { byColour, values }: Pick<ValueTable, 'byColour' | 'values'>,
): StoredValue[] {
  const found = new Map<number, { pixels: number; masks: number }>();
  let all = 0;
  for (const mask of masks) {
    const own = new Map<number, number>();
    for (const [stored, pixels] of mask.pixels) {
      const key =
        stored === noValue
          ? noValue
          : stored === transparentValue
            ? 0
            : keyOf(stored, mask, byColour);
      own.set(key, (own.get(key) ?? 0) + pixels);
      all += pixels;
    }
    for (const [key, pixels] of own) {
      const before = found.get(key) ?? { pixels: 0, masks: 0 };
      found.set(key, { pixels: before.pixels + pixels, masks: before.masks + 1 });
    }
  }
  return [...found]
    .sort(([, a], [, b]) => b.pixels - a.pixels)
    .map(([key, { pixels, masks: inMasks }]) => ({
      number: byColour || key === noValue ? null : key,
      colour: byColour && key !== noValue ? colourText(unpack(key)) : null,
      value: key === noValue ? ignoreValue : (values.get(key) ?? ignoreValue),
      share: pixels / all,
      masks: inMasks,
    }));
}

function numberEntries(
  counts: ReadonlyMap<number, number>,
  list: readonly ListedLabel[],
  masks: readonly MaskValues[],
): Map<number, Entry> {
  const entries = new Map<number, Entry>();
  const isVoid = masks.some(isVoidAt255);
  const isBinary = counts.has(255) && !isVoid && ![...counts.keys()].some(isClassNumber);
  const [only, ...more] = list.filter(({ name }) => reservedWord(name) !== 'background');
  const isNamed = isBinary && only !== undefined && more.length === 0;
  for (const { name, value, colour } of list) {
    const special = specialEntry(name);
    if (special !== null) entries.set(value, special);
    else if (isNamed) entries.set(255, { name, number: 255, colour: colour && colourText(colour) });
    else entries.set(value, { name, number: value, colour: colour && colourText(colour) });
  }
  if (!entries.has(0)) entries.set(0, 'background');
  for (const value of counts.keys()) {
    if (entries.has(value)) continue;
    const name = value === 255 && isVoid ? voidName : null;
    entries.set(value, { name, number: value, colour: null });
  }
  return new Map([...entries].sort(([a], [b]) => a - b));
}

/** Returns the special meaning of a listed name that is not a class. */
function specialEntry(name: string): 'background' | 'nothing' | null {
  const word = reservedWord(name);
  return word === 'ignore' ? 'nothing' : word;
}

/** Returns true if the palette shows that 255 is unknown, as in PASCAL VOC and in our exports. */
function isVoidAt255({ palette, values }: MaskValues): boolean {
  return palette !== null && values.has(255) && colourOfNumber(255, palette) === vocVoid;
}

function isClassNumber(value: number): boolean {
  return value !== 0 && value !== 255;
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
  for (const colour of [...counts.keys()].sort((a, b) => a - b)) {
    if (entries.has(colour)) continue;
    const name = colour === vocVoid ? voidName : null;
    entries.set(colour, { name, number: null, colour: colourText(unpack(colour)) });
  }
  return entries;
}

function pack([red, green, blue]: LabelColour): number {
  return (red << 16) | (green << 8) | blue;
}

function unpack(colour: number): LabelColour {
  return [colour >> 16, (colour >> 8) & 255, colour & 255];
}
