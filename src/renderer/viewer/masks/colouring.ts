import type { Area } from '../../../core/mask/area.ts';
import { isBorder } from '../../../core/mask/outline.ts';
import { ignoreValue } from '../../../core/mask/tiles.ts';

/** Red, green and blue, 0 to 255. */
export type Rgb = readonly [number, number, number];

/** How a layer is drawn. */
export interface Look {
  /** By value; a value without a colour is not drawn. */
  readonly colours: ReadonlyMap<number, Rgb>;
  /** Of fills, in [0, 1]. */
  readonly opacity: number;
  /** Whether pixels at the border of a region are opaque. */
  readonly hasBorders: boolean;
  /** How far apart lines are that tell values apart without their colours, px of the tile; 0: none. */
  readonly hatch: number;
}

/** Of pixels where nothing is known. */
export const ignoreColour: Rgb = [154, 163, 173];

export function rgbOf(colour: string): Rgb {
  const number = Number.parseInt(colour.slice(1), 16);
  return [(number >> 16) & 255, (number >> 8) & 255, number & 255];
}

/** Colours of values: of the classes of a project, and of what is not known. */
export function coloursOf(
  classes: readonly { readonly maskValue: number | null; readonly colour: string }[],
): ReadonlyMap<number, Rgb> {
  const colours = new Map<number, Rgb>([[ignoreValue, ignoreColour]]);
  for (const { maskValue, colour } of classes) {
    if (maskValue !== null) colours.set(maskValue, rgbOf(colour));
  }
  return colours;
}

/**
 * Whether a pixel is on a line of its value's hatch: six ways to draw lines, so that neighbours in the list
 * of classes differ; what is not known is always crossed.
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

/** What fills, lines of a hatch and borders are drawn with, by value: ABGR as `ImageData` has them in a word. */
interface Inks {
  readonly fill: Uint32Array;
  readonly line: Uint32Array;
  readonly border: Uint32Array;
}

/** Words of pixels lie in memory in the machine's order; every machine with this app has the lowest byte first. */
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
    // Half of what is left to opaque, so that lines show at any opacity.
    inks.line[value] = ink(colour, opacity + (1 - opacity) / 2);
    inks.border[value] = ink(colour, 1);
  }
  return inks;
}

/**
 * Colours an area of a mask but for one pixel around it, which only tells where regions end.
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
