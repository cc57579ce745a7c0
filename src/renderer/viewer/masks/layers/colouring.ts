import type { Area } from '../../../../core/mask/area.ts';
import { isBorder } from '../../../../core/mask/outline.ts';
import { ignoreValue } from '../../../../core/mask/tiles.ts';

/** Red, green and blue, 0 to 255. */
export type Rgb = readonly [number, number, number];

/** Rendering style of a layer. */
export interface Look {
  /** Colours by value; a value without a colour is not drawn. */
  readonly colours: ReadonlyMap<number, Rgb>;
  /** Opacity of fills, in [0, 1]. */
  readonly opacity: number;
  /** True to draw the border pixels of regions opaque. */
  readonly hasBorders: boolean;
  /** Distance between hatch lines, which distinguish values without colour, px of the tile; 0 for none. */
  readonly hatch: number;
}

/** Colour of pixels marked as unknown. */
export const ignoreColour: Rgb = [154, 163, 173];

export function rgbOf(colour: string): Rgb {
  const number = Number.parseInt(colour.slice(1), 16);
  return [(number >> 16) & 255, (number >> 8) & 255, number & 255];
}

/** Colours by value, of the classes and of unknown pixels. */
export function coloursByValue(
  classes: readonly { readonly maskValue: number | null; readonly colour: string }[],
): ReadonlyMap<number, Rgb> {
  const colours = new Map<number, Rgb>([[ignoreValue, ignoreColour]]);
  for (const { maskValue, colour } of classes) {
    if (maskValue !== null) colours.set(maskValue, rgbOf(colour));
  }
  return colours;
}

/**
 * True if a pixel is on a hatch line of its value. There are six patterns, so that neighbours in the list of classes
 * differ; unknown pixels are cross-hatched.
 */
export function isHatched(value: number, x: number, y: number, period: number): boolean {
  const width = Math.max(1, period >> 2);
  const isOn = (along: number): boolean => ((along % period) + period) % period < width;
  switch (value === ignoreValue ? 4 : (value - 1) % 6) {
    case 0:
      return isOn(x + y);
    case 1:
      return isOn(x - y);
    case 2:
      return isOn(y);
    case 3:
      return isOn(x);
    case 4:
      return isOn(x + y) || isOn(x - y);
    default:
      return isOn(x) && isOn(y);
  }
}

/** Pixel words of fills, hatch lines and borders by value: ABGR, the byte order of `ImageData` in a word. */
interface Inks {
  readonly fill: Uint32Array;
  readonly line: Uint32Array;
  readonly border: Uint32Array;
}

/** Pixel word of a colour; all supported platforms are little-endian. */
function ink([red, green, blue]: Rgb, alpha: number): number {
  return ((Math.round(alpha * 255) << 24) | (blue << 16) | (green << 8) | red) >>> 0;
}

export function inksOf({ colours, opacity }: Look): Inks {
  const inks = {
    fill: new Uint32Array(256),
    line: new Uint32Array(256),
    border: new Uint32Array(256),
  };
  for (const [value, colour] of colours) {
    inks.fill[value] = ink(colour, opacity);
    // Halfway between the fill's opacity and opaque, so that lines are visible at any opacity.
    inks.line[value] = ink(colour, opacity + (1 - opacity) / 2);
    inks.border[value] = ink(colour, 1);
  }
  return inks;
}

/**
 * Colours an area of a mask, without its outermost pixels, which only serve to find borders.
 *
 * @returns RGBA, (height − 2) × (width − 2)
 */
export function coloured(area: Area, look: Look, inks: Inks): Uint8ClampedArray<ArrayBuffer> {
  const width = area.width - 2;
  const height = area.height - 2;
  const out = new Uint32Array(width * height);
  const { values } = area;
  for (let row = 0; row < height; row++) {
    let at = (row + 1) * area.width + 1;
    for (let column = 0; column < width; column++, at++) {
      const value = values[at] ?? 0;
      if (value === 0) continue;
      let from = inks.fill;
      if (look.hasBorders && isBorder(area, at)) from = inks.border;
      else if (look.hatch > 0) {
        const [x, y] = [area.x + 1 + column, area.y + 1 + row];
        if (isHatched(value, x, y, look.hatch)) from = inks.line;
      }
      out[row * width + column] = from[value] ?? 0;
    }
  }
  return new Uint8ClampedArray(out.buffer);
}
