/**
 * Crops of images at their own resolution, as a segmentation model sees them: squares of its input's side,
 * flipped and rotated.
 */
import type { Raster } from '../image/raster.ts';
import type { Rectangle, Size } from '../mask/tiles.ts';
import type { Random } from '../random.ts';
import { orient } from './views.ts';
import type { Orientation, ViewParameters } from './views.ts';

/** Flips and rotation of a crop after it is cut out. */
export type Turn = Pick<ViewParameters, 'flipHorizontal' | 'flipVertical' | 'quarterTurns'>;

export interface Crop {
  /** Region that is cut out, within the image; smaller than the side if the image is. */
  readonly box: Rectangle;
  readonly turn: Turn;
}

/** Draws an orientation: upright images are flipped left to right only, overhead images take all eight of a square. */
function randomTurn(random: Random, orientation: Orientation): Turn {
  const flipHorizontal = random.uniform() < 0.5;
  if (orientation === 'upright') return { flipHorizontal, flipVertical: false, quarterTurns: 0 };
  const flipVertical = random.uniform() < 0.5;
  return { flipHorizontal, flipVertical, quarterTurns: random.integer(4) };
}

/** Draws a crop anywhere in the image. */
export function randomCrop(
  random: Random,
  image: Size,
  side: number,
  orientation: Orientation,
): Crop {
  const [width, height] = [Math.min(side, image.width), Math.min(side, image.height)];
  const x = random.integer(image.width - width + 1);
  const y = random.integer(image.height - height + 1);
  return { box: { x, y, width, height }, turn: randomTurn(random, orientation) };
}

/** Draws a crop that contains the given pixel of the image. */
export function cropAround(
  random: Random,
  image: Size,
  side: number,
  orientation: Orientation,
  pixel: { readonly x: number; readonly y: number },
): Crop {
  const [width, height] = [Math.min(side, image.width), Math.min(side, image.height)];
  const along = (at: number, length: number, whole: number): number => {
    const start = at - random.integer(length);
    return Math.min(Math.max(0, start), whole - length);
  };
  const x = along(pixel.x, width, image.width);
  const y = along(pixel.y, height, image.height);
  return { box: { x, y, width, height }, turn: randomTurn(random, orientation) };
}

/**
 * Extends a crop to a square of `side` and flips and rotates it. An image smaller than the side is continued by
 * reflection without repeating its border pixels, as at prediction.
 *
 * @param cut (height, width, channels) of the crop's box
 */
export function extendToSquare(cut: Raster, side: number, turn: Turn): Uint8Array {
  const square =
    cut.width === side && cut.height === side
      ? cut
      : extendByReflection(cut, { width: side, height: side });
  const target = new Uint8Array(square.data.length);
  orient(square, turn, target);
  return target;
}

/** Extends an image beyond its right and lower edges by repeated reflection. */
export function extendByReflection(image: Raster, { width, height }: Size): Raster {
  const { channels } = image;
  const data = new Uint8Array(width * height * channels);
  const columns = Int32Array.from({ length: width }, (_, x) => reflected(x, image.width));
  for (let y = 0; y < height; y++) {
    const from = reflected(y, image.height) * image.width;
    for (let x = 0; x < width; x++) {
      const source = (from + (columns[x] ?? 0)) * channels;
      const target = (y * width + x) * channels;
      for (let channel = 0; channel < channels; channel++) {
        data[target + channel] = image.data[source + channel] ?? 0;
      }
    }
  }
  return { width, height, channels, data };
}

/** Source index of a position: 0, 1, …, n - 1, n - 2, …, 1, 0, 1, … */
function reflected(position: number, size: number): number {
  if (size === 1) return 0;
  const period = 2 * size - 2;
  const within = position % period;
  return within < size ? within : period - within;
}
