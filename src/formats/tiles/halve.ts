import { maskingBand } from '../../core/image/preparation.ts';
import type { ImageHeader, Pixels, Samples } from '../raster/image-file.ts';
import { samplesLike } from '../raster/sample-arrays.ts';

/** Properties that determine how values are combined. */
export type Mixing = Pick<ImageHeader, 'format' | 'interpretation' | 'nodata' | 'alpha'>;

/**
 * Halves width and height: means over squares of two px, rounded for integer types. Missing pixels are ignored; palette
 * indices are picked, not averaged. At an odd edge the square is smaller.
 *
 * @param pixels with all bands of the file
 */
export function halvePixels(pixels: Pixels, mixing: Mixing): Pixels {
  const { bands, data } = pixels;
  const width = Math.ceil(pixels.width / 2);
  const height = Math.ceil(pixels.height / 2);
  const out = samplesLike(data, width * height * bands);
  const isFloat = data instanceof Float32Array || data instanceof Float64Array;
  const alpha = maskingBand(mixing);
  const { nodata } = mixing;
  const isPlain = nodata === null && alpha === null && !isFloat;
  if (mixing.interpretation === 'palette') takeCorners(pixels, out, width);
  else if (isPlain) mixAll(pixels, out, width);
  else mixPresent(pixels, out, width, { nodata, alpha }, isFloat);
  return { width, height, bands, data: out };
}

function takeCorners({ width, bands, data }: Pixels, out: Samples, outWidth: number): void {
  const rows = out.length / (outWidth * bands);
  for (let row = 0, at = 0; row < rows; row++) {
    for (let column = 0; column < outWidth; column++) {
      const from = (2 * row * width + 2 * column) * bands;
      for (let band = 0; band < bands; band++) out[at++] = data[from + band] ?? 0;
    }
  }
}

/** Handles integers without missing pixels. A row or column beyond the edge repeats the last one. */
function mixAll({ width, height, bands, data }: Pixels, out: Samples, outWidth: number): void {
  const rows = out.length / (outWidth * bands);
  for (let row = 0, at = 0; row < rows; row++) {
    const upper = 2 * row * width * bands;
    const lower = 2 * row + 1 < height ? upper + width * bands : upper;
    for (let column = 0; column < outWidth; column++) {
      const left = 2 * column * bands;
      const right = 2 * column + 1 < width ? left + bands : left;
      for (let band = 0; band < bands; band++) {
        const sum =
          (data[upper + left + band] ?? 0) +
          (data[upper + right + band] ?? 0) +
          (data[lower + left + band] ?? 0) +
          (data[lower + right + band] ?? 0);
        out[at++] = Math.floor(sum / 4 + 0.5);
      }
    }
  }
}

function mixPresent(
  { width, height, bands, data }: Pixels,
  out: Samples,
  outWidth: number,
  { nodata, alpha }: Pick<Mixing, 'nodata' | 'alpha'>,
  isFloat: boolean,
): void {
  const rows = out.length / (outWidth * bands);
  for (let row = 0, at = 0; row < rows; row++) {
    const bottom = Math.min(height, 2 * row + 2);
    for (let column = 0; column < outWidth; column++) {
      const right = Math.min(width, 2 * column + 2);
      for (let band = 0; band < bands; band++) out[at++] = meanOf(row, bottom, column, right, band);
    }
  }

  function meanOf(
    row: number,
    bottom: number,
    column: number,
    right: number,
    band: number,
  ): number {
    let [sum, count] = [0, 0];
    for (let y = 2 * row; y < bottom; y++) {
      for (let x = 2 * column; x < right; x++) {
        const pixel = (y * width + x) * bands;
        // Alpha itself always counts.
        if (alpha !== null && band !== alpha && data[pixel + alpha] === 0) continue;
        const value = data[pixel + band] ?? NaN;
        if (Number.isNaN(value) || (value === nodata && band !== alpha)) continue;
        sum += value;
        count++;
      }
    }
    if (count === 0) return nodata ?? (isFloat ? NaN : 0);
    return isFloat ? sum / count : Math.floor(sum / count + 0.5);
  }
}
