import { ignoreValue } from '../../core/mask/tiles.ts';
import type { MaskClass } from './mask-raster.ts';
import { colourOf, type LabelColour } from './paired/label-list.ts';

const backgroundColour: LabelColour = [0, 0, 0];
/** Colour of unknown pixels, as in PASCAL VOC, which outlines objects in it. */
const ignoreColour: LabelColour = [224, 224, 192];

/**
 * Colours of a mask's values: black for background, their own for classes, PASCAL VOC's for ignore. All differ, since
 * programs that read masks by colour would confuse two classes of one colour: a later class of the same colour gets a
 * few more shades of blue. A class without a colour gets PASCAL VOC's for its value.
 */
export function maskColours(classes: readonly MaskClass[]): ReadonlyMap<number, LabelColour> {
  const colours = new Map<number, LabelColour>([
    [0, backgroundColour],
    [ignoreValue, ignoreColour],
  ]);
  const taken = new Set([...colours.values()].map(String));
  for (const { value, colour } of classes) {
    const own = colour === null ? vocColour(value) : colourOf(colour);
    const free = Array.from({ length: 256 }, (_, more): LabelColour => [
      own[0],
      own[1],
      (own[2] + more) % 256,
    ]).find((candidate) => !taken.has(String(candidate)));
    if (free === undefined) throw new Error('maskColours: more than 254 classes');
    taken.add(String(free));
    colours.set(value, free);
  }
  return colours;
}

/** 256 colours, red, green and blue of each in turn; black for values without a class. */
export function maskPalette(classes: readonly MaskClass[]): Uint8Array {
  const palette = new Uint8Array(3 * 256);
  for (const [value, colour] of maskColours(classes)) palette.set(colour, 3 * value);
  return palette;
}

/** The bits of the value, spread over the three colours from the highest bit down (VOC devkit). */
function vocColour(value: number): LabelColour {
  const colour: [number, number, number] = [0, 0, 0];
  for (let bit = 0, rest = value; rest > 0; bit++, rest >>= 3) {
    for (const part of [0, 1, 2] as const) colour[part] |= ((rest >> part) & 1) << (7 - bit);
  }
  return colour;
}
