/**
 * Crops of images at their own resolution, as a model that outlines sees them: squares of its input's side,
 * flipped and turned.
 */
import type { Raster } from '../image/raster.ts';
import type { Rectangle, Size } from '../mask/tiles.ts';
import type { Random } from '../random.ts';
import { orient } from './views.ts';
import type { Orientation, ViewParameters } from './views.ts';

/** How a crop is turned once it is cut out. */
export type Turn = Pick<ViewParameters, 'flipHorizontal' | 'flipVertical' | 'quarterTurns'>;

export interface Crop {
  /** What is cut out, within the image; narrower or lower than the side where the image is. */
  readonly box: Rectangle;
  readonly turn: Turn;
}

/** What crops keep to: left and right exchanged, and where there is no up all eight ways of a square. */
function randomTurn(random: Random, orientation: Orientation): Turn {
  const flipHorizontal = random.uniform() < 0.5;
  if (orientation === 'upright') return { flipHorizontal, flipVertical: false, quarterTurns: 0 };
  const flipVertical = random.uniform() < 0.5;
  return { flipHorizontal, flipVertical, quarterTurns: random.integer(4) };
}

/** A crop anywhere in the image. */
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

/** A crop that shows a pixel of the image, anywhere in it. */
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
 * What was cut out as a square of `side`, turned. An image that is smaller goes on in the mirror, its first and last
 * pixel not repeated: as at prediction.
 *
 * @param cut (height, width, channels) of the crop's box
 */
export function squareOf(cut: Raster, side: number, turn: Turn): Uint8Array {
  const square =
    cut.width === side && cut.height === side ? cut : mirrored(cut, { width: side, height: side });
  const target = new Uint8Array(square.data.length);
  orient(square, turn, target);
  return target;
}

/** The image, and beyond its right and lower edge what a mirror there shows, again and again. */
export function mirrored(image: Raster, { width, height }: Size): Raster {
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

/** 0, 1, …, n - 1, n - 2, …, 1, 0, 1, … */
function reflected(position: number, size: number): number {
  if (size === 1) return 0;
  const period = 2 * size - 2;
  const within = position % period;
  return within < size ? within : period - within;
}
