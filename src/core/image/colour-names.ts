/** Of a teacher's or an image's bands, counted from 1. */
export type ColourBands = readonly [red: number, green: number, blue: number];

/**
 * What bands that are red, green and blue are called, without what is neither letter nor figure. B02 to B04 are those of
 * Sentinel-2 and of the harmonised HLS; Landsat's B2 to B4 are other colours from one satellite to the next, so these are
 * not enough by themselves.
 */
const vocabularies: readonly ColourNames[] = [
  ['red', 'green', 'blue'],
  ['b04', 'b03', 'b02'],
  ['r', 'g', 'b'],
];
type ColourNames = readonly [red: string, green: string, blue: string];

/** Which bands are red, green and blue by their names, such as `HLSBands.RED`. Undefined where one is missing or twice there. */
export function coloursByName(names: readonly string[]): ColourBands | undefined {
  const words = wordsOf(names);
  for (const vocabulary of vocabularies) {
    const colours = coloursAmong(words, vocabulary);
    if (colours !== undefined) return colours;
  }
  const numbers = words.map(numberOf);
  return isOfSentinel(numbers) ? coloursAmong(numbers, ['4', '3', '2']) : undefined;
}

/**
 * A guess, of as many bands as Sentinel-2 has, with or without that of cirrus: in its own order.
 *
 * @param names what the bands are called, as far as they are: where that is something else than their number, they are
 * of something else
 */
export function coloursByNumber(
  channels: number,
  names: readonly string[] = [],
): ColourBands | undefined {
  if (channels !== 13 && channels !== 12) return undefined;
  return isCounted(wordsOf(names)) ? [4, 3, 2] : undefined;
}

/**
 * Names without that of a list, without what GDAL (`B4, central wavelength 665 nm`) and others say behind them, without
 * the ending that all have in common (`B4_median` of Earth Engine), and without what is neither letter nor figure.
 */
function wordsOf(names: readonly string[]): string[] {
  const plain = names.map((name) => (name.split(/[,(]/)[0] ?? '').split('.').at(-1) ?? '');
  const ending = endingOf(plain[0] ?? '');
  const isCommon = plain.every((name) => name.endsWith(ending));
  return plain.map((name) => {
    const own = isCommon ? name.slice(0, name.length - ending.length) : name;
    return own.toLowerCase().replaceAll(/[^a-z0-9]/g, '');
  });
}

/** `_median` of `B4_median`; empty where a name has no such ending. */
function endingOf(name: string): string {
  const at = name.lastIndexOf('_');
  const ending = name.slice(at);
  return at > 0 && name[at - 1] !== '_' && /^_[a-z]+$/i.test(ending) ? ending : '';
}

function coloursAmong(words: readonly string[], names: ColourNames): ColourBands | undefined {
  const bandOf = (word: string): number | undefined => {
    const at = words.indexOf(word);
    return at >= 0 && at === words.lastIndexOf(word) ? at + 1 : undefined;
  };
  const [red, green, blue] = names.map(bandOf);
  if (red === undefined || green === undefined || blue === undefined) return undefined;
  return [red, green, blue];
}

/** `8a` of `b8a` or `band08a`, empty of other words. */
function numberOf(word: string): string {
  return withoutZeros(/^b(?:and)?(\d+a?)$/.exec(word)?.[1] ?? '');
}

/** Digits without the zeros before them; at least one digit stays. */
function withoutZeros(digits: string): string {
  return digits.replace(/^0+(?=\d)/, '');
}

/**
 * Whether bands without leading zeros, as Earth Engine has them, are Sentinel-2's: Landsat has neither 8A nor 12. Of
 * bands that are counted through, their number tells nothing.
 */
function isOfSentinel(numbers: readonly string[]): boolean {
  if (numbers.includes('8a')) return true;
  const isInfrared = numbers.includes('11') && numbers.includes('12');
  const isCountedOn = numbers.some((number) => Number.parseInt(number, 10) > 12);
  const isInPlace = numbers.every((number, at) => number === String(at + 1));
  return isInfrared && !isCountedOn && !isInPlace;
}

/** Whether bands are called nothing else than their number from 1, as far as they are called anything. */
function isCounted(words: readonly string[]): boolean {
  return words.every((word, at) => {
    const number = withoutZeros(/^(?:b|band|layer)?(\d+)$/.exec(word)?.[1] ?? '');
    return word === '' || number === String(at + 1);
  });
}
