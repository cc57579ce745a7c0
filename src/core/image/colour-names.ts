/** Red, green and blue band of a teacher or an image, counted from 1. */
export type ColourBands = readonly [red: number, green: number, blue: number];

/**
 * Names of red, green and blue bands, reduced to letters and digits. B02 to B04 are those of Sentinel-2 and of the
 * harmonised HLS; Landsat's B2 to B4 differ in colour from one satellite to the next, so these names without leading
 * zeros are not sufficient on their own.
 */
const vocabularies: readonly ColourNames[] = [
  ['red', 'green', 'blue'],
  ['b04', 'b03', 'b02'],
  ['r', 'g', 'b'],
];
type ColourNames = readonly [red: string, green: string, blue: string];

/** Finds the red, green and blue bands by name, as in `HLSBands.RED`; undefined if one is missing or ambiguous. */
export function coloursByName(names: readonly string[]): ColourBands | undefined {
  const words = wordsOf(names);
  for (const vocabulary of vocabularies) {
    const colours = findColours(words, vocabulary);
    if (colours !== undefined) return colours;
  }
  const numbers = words.map(numberOf);
  return isSentinel2(numbers) ? findColours(numbers, ['4', '3', '2']) : undefined;
}

/**
 * Guesses the colour bands of images with as many bands as Sentinel-2, with or without its cirrus band, in its order.
 *
 * @param names names of the bands, if known; names other than the bands' numbers mean that the bands are not
 * Sentinel-2's
 */
export function coloursByNumber(
  channels: number,
  names: readonly string[] = [],
): ColourBands | undefined {
  if (channels !== 13 && channels !== 12) return undefined;
  return isNumberedInOrder(wordsOf(names)) ? [4, 3, 2] : undefined;
}

/**
 * Reduces names to letters and digits, without the name of a list before a dot, without descriptions as GDAL adds them
 * (`B4, central wavelength 665 nm`), and without a suffix common to all names (`B4_median` of Earth Engine).
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

/** Suffix `_median` of `B4_median`; empty if a name has none. */
function endingOf(name: string): string {
  const at = name.lastIndexOf('_');
  const ending = name.slice(at);
  return at > 0 && name[at - 1] !== '_' && /^_[a-z]+$/i.test(ending) ? ending : '';
}

function findColours(words: readonly string[], names: ColourNames): ColourBands | undefined {
  const bandOf = (word: string): number | undefined => {
    const at = words.indexOf(word);
    return at >= 0 && at === words.lastIndexOf(word) ? at + 1 : undefined;
  };
  const [red, green, blue] = names.map(bandOf);
  if (red === undefined || green === undefined || blue === undefined) return undefined;
  return [red, green, blue];
}

/** Number `8a` of `b8a` or `band08a`; empty for other words. */
function numberOf(word: string): string {
  return withoutZeros(/^b(?:and)?(\d+a?)$/.exec(word)?.[1] ?? '');
}

/** Removes leading zeros; at least one digit stays. */
function withoutZeros(digits: string): string {
  return digits.replace(/^0+(?=\d)/, '');
}

/**
 * True if bands numbered without leading zeros, as in Earth Engine, are Sentinel-2's: Landsat has neither 8A nor 12.
 * Bands numbered consecutively from 1 do not qualify: their number says nothing about their wavelength.
 */
function isSentinel2(numbers: readonly string[]): boolean {
  if (numbers.includes('8a')) return true;
  const isInfrared = numbers.includes('11') && numbers.includes('12');
  const isCountedOn = numbers.some((number) => Number.parseInt(number, 10) > 12);
  const isInPlace = numbers.every((number, at) => number === String(at + 1));
  return isInfrared && !isCountedOn && !isInPlace;
}

/** True if every named band is named by its number, counted from 1. */
function isNumberedInOrder(words: readonly string[]): boolean {
  return words.every((word, at) => {
    const number = withoutZeros(/^(?:b|band|layer)?(\d+)$/.exec(word)?.[1] ?? '');
    return word === '' || number === String(at + 1);
  });
}
