import type { Raster } from './raster.ts';

/**
 * Computes the rounded means of squares of `factor` px.
 *
 * @param raster image of 1 or 3 channels, whose sides are multiples of `factor`
 */
export function meanOfSquares(raster: Raster, factor: number): Raster {
  const { channels } = raster;
  const width = raster.width / factor;
  const height = raster.height / factor;
  if (![factor, width, height].every(Number.isInteger)) {
    throw new Error(
      `meanOfSquares: ${raster.width} × ${raster.height} is not a multiple of ${factor} px`,
    );
  }
  const data = new Uint8Array(width * height * channels);
  const sums = new Uint32Array(width * channels);
  const add = channels === 1 ? addGrey : addColours;
  const length = raster.width * channels;
  const area = factor * factor;
  for (let row = 0; row < height; row++) {
    sums.fill(0);
    for (let y = 0; y < factor; y++) {
      const start = (row * factor + y) * length;
      add(raster.data.subarray(start, start + length), factor, sums);
    }
    const start = row * sums.length;
    for (let at = 0; at < sums.length; at++) data[start + at] = ((sums[at] ?? 0) + area / 2) / area;
  }
  return { width, height, channels, data };
}

// Innermost loops of the import: one per number of channels is several times as fast as a general one.

function addGrey(line: Uint8Array, factor: number, sums: Uint32Array): void {
  for (let x = 0, at = 0; x < sums.length; x++) {
    let sum = 0;
    for (const end = at + factor; at < end; at++) sum += line[at] ?? 0;
    sums[x] = (sums[x] ?? 0) + sum;
  }
}

function addColours(line: Uint8Array, factor: number, sums: Uint32Array): void {
  for (let x = 0, at = 0; x < sums.length; x += 3) {
    let [red, green, blue] = [0, 0, 0];
    for (const end = at + 3 * factor; at < end; at += 3) {
      red += line[at] ?? 0;
      green += line[at + 1] ?? 0;
      blue += line[at + 2] ?? 0;
    }
    sums[x] = (sums[x] ?? 0) + red;
    sums[x + 1] = (sums[x + 1] ?? 0) + green;
    sums[x + 2] = (sums[x + 2] ?? 0) + blue;
  }
}
