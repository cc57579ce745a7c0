/** Of a teacher's or an image's bands, counted from 1. */
export type ColourBands = readonly [red: number, green: number, blue: number];

/**
 * What bands that are red, green and blue are called, without what is neither letter nor figure. B02 to B04 are those of
 * Sentinel-2 and of the harmonised HLS; Landsat's B2 to B4 are other colours from one satellite to the next.
 */
const vocabularies: readonly ColourNames[] = [
  ['red', 'green', 'blue'],
  ['b04', 'b03', 'b02'],
  ['r', 'g', 'b'],
];
type ColourNames = readonly [red: string, green: string, blue: string];

/** Which bands are red, green and blue by their names, such as `HLSBands.RED`. Undefined where one is missing or twice there. */
export function coloursByName(names: readonly string[]): ColourBands | undefined {
  const plain = names.map((name) => (name.split('.').at(-1) ?? '').toLowerCase());
  const words = plain.map((name) => name.replaceAll(/[^a-z0-9]/g, ''));
  const bandOf = (word: string): number | undefined => {
    const at = words.indexOf(word);
    return at >= 0 && at === words.lastIndexOf(word) ? at + 1 : undefined;
  };
  for (const vocabulary of vocabularies) {
    const [red, green, blue] = vocabulary.map(bandOf);
    if (red !== undefined && green !== undefined && blue !== undefined) return [red, green, blue];
  }
  return undefined;
}

/** A guess, of as many bands as Sentinel-2 has, with or without that of cirrus: in its own order. */
export function coloursByNumber(channels: number): ColourBands | undefined {
  return channels === 13 || channels === 12 ? [4, 3, 2] : undefined;
}
