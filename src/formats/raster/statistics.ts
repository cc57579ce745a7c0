import type { ImageFile, Samples } from './image-file.ts';

/** Of stored values; NaN each where there is no value to count. */
export interface RasterStatistics {
  readonly min: number;
  readonly max: number;
  readonly mean: number;
}

/** Values of a band of rows that are read at once. */
const chunkValues = 2 ** 22;

/**
 * Smallest, largest and mean stored value of all frames and bands, read some rows at a time. Left out:
 * what is not a number, infinities, and the file's `nodata`.
 *
 * @throws UserError as `ImageFile.read`; 'cancelled' when `signal` aborts
 */
export async function rasterStatistics(
  file: ImageFile,
  signal?: AbortSignal,
): Promise<RasterStatistics> {
  const { width, height, bands, frames, nodata } = file.header;
  const rows = Math.max(1, Math.min(height, Math.floor(chunkValues / (width * bands))));
  const tally: Tally = { min: Infinity, max: -Infinity, sum: 0, count: 0 };
  for (let frame = 0; frame < frames; frame++) {
    for (let y = 0; y < height; y += rows) {
      const region = { x: 0, y, width, height: Math.min(rows, height - y) };
      const { data } = await file.read({ frame, region, ...(signal ? { signal } : {}) });
      count(data, nodata, tally);
    }
  }
  const { min, max, sum, count: counted } = tally;
  return counted > 0 ? { min, max, mean: sum / counted } : { min: NaN, max: NaN, mean: NaN };
}

interface Tally {
  min: number;
  max: number;
  sum: number;
  count: number;
}

function count(values: Samples, nodata: number | null, tally: Tally): void {
  let { min, max } = tally;
  // Summed apart, so that a long file does not lose the digits of its last values.
  let sum = 0;
  let counted = 0;
  for (const value of values) {
    if (!Number.isFinite(value) || value === nodata) continue;
    if (value < min) min = value;
    if (value > max) max = value;
    sum += value;
    counted++;
  }
  tally.min = min;
  tally.max = max;
  tally.sum += sum;
  tally.count += counted;
}
