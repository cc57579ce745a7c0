import { maskingBand } from '../../core/image/preparation.ts';
import type { ImageHeader, Pixels, Samples } from './image-file.ts';

/**
 * Computes means over squares of `factor` px, ignoring missing pixels; at an odd edge the square is smaller. Palette
 * indices are picked, not averaged.
 *
 * @param strip as returned by `readBands`: its last band marks existing pixels, if the image has such a band
 * @param out one value per square and band; nodata or NaN for squares without pixels
 */
export function reduceSquares(
  strip: Pixels,
  factor: number,
  header: Pick<ImageHeader, 'format' | 'interpretation' | 'nodata' | 'alpha'>,
  out: Float32Array,
): void {
  const { data } = strip;
  const { interpretation, nodata } = header;
  const hasMask = maskingBand(header) !== null;
  const isFloat = data instanceof Float32Array || data instanceof Float64Array;
  if (interpretation === 'palette') takeCorners(strip, factor, out);
  else if (nodata === null && !hasMask && !isFloat) meanAll(strip, factor, out);
  else meanPresent(strip, factor, nodata, hasMask, out);
}

function takeCorners({ width, height, bands, data }: Pixels, factor: number, out: Float32Array) {
  for (let y = 0, at = 0; y < height; y += factor) {
    for (let x = 0; x < width; x += factor) {
      const corner = (y * width + x) * bands;
      for (let band = 0; band < bands; band++) out[at++] = data[corner + band] ?? 0;
    }
  }
}

/** Integers without missing pixels: their sums are exact, in any order. */
function meanAll({ width, height, bands, data }: Pixels, factor: number, out: Float32Array): void {
  const sums = new Float64Array(Math.ceil(width / factor) * bands);
  for (let top = 0, at = 0; top < height; top += factor) {
    const bottom = Math.min(height, top + factor);
    sums.fill(0);
    for (let y = top; y < bottom; y++) {
      addLine(data.subarray(y * width * bands, (y + 1) * width * bands), bands, factor, sums);
    }
    for (let cell = 0, x = 0; x < width; x += factor) {
      const area = (bottom - top) * (Math.min(width, x + factor) - x);
      for (let band = 0; band < bands; band++) out[at++] = (sums[cell++] ?? 0) / area;
    }
  }
}

function addLine(line: Samples, bands: number, factor: number, sums: Float64Array): void {
  for (let cell = 0, from = 0; cell < sums.length; cell += bands, from += bands * factor) {
    const to = Math.min(line.length, from + bands * factor);
    for (let band = 0; band < bands; band++) {
      let sum = 0;
      for (let at = from + band; at < to; at += bands) sum += line[at] ?? 0;
      sums[cell + band] = (sums[cell + band] ?? 0) + sum;
    }
  }
}

/** Averages the defined values row by row; sums of floats depend on the order. */
function meanPresent(
  { width, height, bands, data }: Pixels,
  factor: number,
  nodata: number | null,
  hasAlpha: boolean,
  out: Float32Array,
): void {
  const colours = hasAlpha ? bands - 1 : bands;
  const sums = new Float64Array(Math.ceil(width / factor) * bands);
  const counts = new Uint32Array(sums.length);
  // NaN equals nothing.
  const hole = nodata ?? NaN;
  for (let top = 0, at = 0; top < height; top += factor) {
    sums.fill(0);
    counts.fill(0);
    for (let y = top; y < Math.min(height, top + factor); y++) {
      for (let x = 0; x < width; x++) {
        const pixel = (y * width + x) * bands;
        const cell = Math.floor(x / factor) * bands;
        // A pixel counts if it is not missing; its alpha itself always counts.
        const first = hasAlpha && data[pixel + colours] === 0 ? colours : 0;
        for (let band = first; band < bands; band++) {
          const value = data[pixel + band] ?? NaN;
          if (Number.isNaN(value) || (value === hole && band < colours)) continue;
          sums[cell + band] = (sums[cell + band] ?? 0) + value;
          counts[cell + band] = (counts[cell + band] ?? 0) + 1;
        }
      }
    }
    for (let cell = 0; cell < sums.length; cell++) {
      const count = counts[cell] ?? 0;
      out[at++] = count > 0 ? (sums[cell] ?? 0) / count : (nodata ?? NaN);
    }
  }
}
