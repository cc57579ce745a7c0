import { mirroredIndex, type Raster } from '../image/raster.ts';
import type { Rectangle } from '../mask/tiles.ts';

/** Converts an RGB image to one band if all of its pixels are grey. */
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

/** Halves an image: means of squares of four pixels, at an odd edge of those that exist. */
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

/** Copies a rectangle of an image; beyond the image's edges it is mirrored. */
export function cropMirrored(image: Raster, { x, y, width, height }: Rectangle): Raster {
  const { channels } = image;
  const columns = Int32Array.from({ length: width }, (_, at) => mirroredIndex(x + at, image.width));
  const data = new Uint8Array(width * height * channels);
  let target = 0;
  for (let row = 0; row < height; row++) {
    const start = mirroredIndex(y + row, image.height) * image.width;
    for (const column of columns) {
      const source = (start + column) * channels;
      for (let channel = 0; channel < channels; channel++) {
        data[target++] = image.data[source + channel] ?? 0;
      }
    }
  }
  return { width, height, channels, data };
}
