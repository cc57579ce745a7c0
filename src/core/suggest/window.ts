import type { Raster } from '../image/raster.ts';
import type { Rectangle } from '../mask/tiles.ts';

/** Grey where every pixel of an RGB image is: three equal bands say the same thing three times. */
export function withoutEqualBands(image: Raster): Raster {
  const { width, height, channels, data } = image;
  if (channels !== 3) return image;
  for (let at = 0; at < data.length; at += 3) {
    if (data[at] !== data[at + 1] || data[at] !== data[at + 2]) return image;
  }
  const grey = new Uint8Array(width * height);
  for (let at = 0; at < grey.length; at++) grey[at] = data[3 * at] ?? 0;
  return { width, height, channels: 1, data: grey };
}

/** Half as large: means of squares of four pixels, of those that are there at an odd edge. */
export function halved({ width, height, channels, data }: Raster): Raster {
  const across = Math.ceil(width / 2);
  const down = Math.ceil(height / 2);
  const out = new Uint8Array(across * down * channels);
  for (let y = 0; y < down; y++) {
    const upper = 2 * y * width;
    const lower = Math.min(height - 1, 2 * y + 1) * width;
    for (let x = 0; x < across; x++) {
      const left = 2 * x;
      const right = Math.min(width - 1, left + 1);
      for (let channel = 0; channel < channels; channel++) {
        const sum =
          (data[(upper + left) * channels + channel] ?? 0) +
          (data[(upper + right) * channels + channel] ?? 0) +
          (data[(lower + left) * channels + channel] ?? 0) +
          (data[(lower + right) * channels + channel] ?? 0);
        out[(y * across + x) * channels + channel] = (sum + 2) >> 2;
      }
    }
  }
  return { width: across, height: down, channels, data: out };
}

/** A rectangle of an image that may reach beyond its edges, where the image is mirrored. */
export function windowOf(image: Raster, { x, y, width, height }: Rectangle): Raster {
  const { channels } = image;
  const columns = Int32Array.from({ length: width }, (_, at) => mirrored(x + at, image.width));
  const data = new Uint8Array(width * height * channels);
  let target = 0;
  for (let row = 0; row < height; row++) {
    const start = mirrored(y + row, image.height) * image.width;
    for (const column of columns) {
      const source = (start + column) * channels;
      for (let channel = 0; channel < channels; channel++) {
        data[target++] = image.data[source + channel] ?? 0;
      }
    }
  }
  return { width, height, channels, data };
}

/**
 * The index in [0, size) that stands for any whole number: beyond an edge the line is mirrored with its
 * last value repeated (d c b a | a b c d | d c b a), as often as it takes.
 */
export function mirrored(at: number, size: number): number {
  const period = 2 * size;
  const inside = ((at % period) + period) % period;
  return inside < size ? inside : period - 1 - inside;
}
