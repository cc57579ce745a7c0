import { tileExtent, tilePixels, tileSide, type Size } from '../../../core/mask/tiles.ts';
import { Random } from '../../../core/random.ts';
import type { MaskClass, MaskRaster } from '../mask-raster.ts';

/** A mask of (height, width) values in rows; tiles with only background are null. */
export function memoryMask(
  pixels: Uint8Array,
  size: Size,
  classes: readonly MaskClass[] = [],
): MaskRaster {
  return {
    width: size.width,
    height: size.height,
    classes,
    tile: (x, y) => {
      const tile = new Uint8Array(tilePixels);
      const { width, height } = tileExtent({ x, y }, size);
      for (let row = 0; row < height; row++) {
        const at = (y * tileSide + row) * size.width + x * tileSide;
        tile.set(pixels.subarray(at, at + width), row * tileSide);
      }
      return Promise.resolve(tile.some((value) => value !== 0) ? tile : null);
    },
  };
}

/** Rectangles, lines and single pixels of random values, over background: (height, width). */
export function randomMask(seed: number, size: Size, values: readonly number[]): Uint8Array {
  const random = new Random(seed);
  const pixels = new Uint8Array(size.width * size.height);
  for (let count = 0; count < 12; count++) {
    const value = values[random.integer(values.length)] ?? 0;
    const left = random.integer(size.width);
    const top = random.integer(size.height);
    const right = Math.min(size.width, left + 1 + random.integer(Math.ceil(size.width / 2)));
    // Some reach from edge to edge, where runs of neighbouring columns join.
    const isTall = random.integer(4) === 0;
    const [from, to] = isTall
      ? [0, size.height]
      : [top, Math.min(size.height, top + 1 + random.integer(Math.ceil(size.height / 2)))];
    for (let y = from; y < to; y++)
      pixels.fill(value, y * size.width + left, y * size.width + right);
  }
  for (let count = 0; count < 20; count++) {
    pixels[random.integer(pixels.length)] = values[random.integer(values.length)] ?? 0;
  }
  return pixels;
}

export async function collected(parts: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const all: Uint8Array[] = [];
  for await (const part of parts) all.push(part);
  return Buffer.concat(all);
}
