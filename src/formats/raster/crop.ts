import type { Pixels, Samples } from './image-file.ts';
import type { CheckedRequest } from './read-request.ts';
import { samplesLike } from './sample-arrays.ts';

/**
 * Copies a region and some bands of a whole frame.
 *
 * @param frame (height, width, bands)
 * @param isOwn true if the caller may receive the frame itself instead of a copy, if all of it is requested
 * @returns a copy, even if all is requested
 */
export function cropFrame(
  frame: Samples,
  size: { readonly width: number; readonly bands: number },
  { region, bands }: Pick<CheckedRequest, 'region' | 'bands'>,
  isOwn = false,
): Pixels {
  const { x, y, width, height } = region;
  const isAllBands = bands.length === size.bands && bands.every((band, index) => band === index);
  if (isAllBands && width === size.width) {
    const row = width * size.bands;
    const isWhole = frame.byteLength === frame.buffer.byteLength && frame.length === row * height;
    if (isOwn && isWhole) return { width, height, bands: size.bands, data: frame };
    return { width, height, bands: size.bands, data: frame.slice(y * row, (y + height) * row) };
  }
  const data = samplesLike(frame, width * height * bands.length);
  for (let row = 0; row < height; row++) {
    const from = ((y + row) * size.width + x) * size.bands;
    const to = row * width * bands.length;
    const values = frame.subarray(from, from + width * size.bands);
    if (isAllBands) data.set(values, to);
    else pickBands(values, size.bands, data, to, bands);
  }
  return { width, height, bands: bands.length, data };
}

/** Copies some bands of interleaved values, in the order of `bands`. */
export function pickBands(
  values: Samples,
  stride: number,
  target: Samples,
  start: number,
  bands: readonly number[],
): void {
  for (const [index, band] of bands.entries()) {
    let write = start + index;
    for (let read = band; read < values.length; read += stride) {
      target[write] = values[read] ?? 0;
      write += bands.length;
    }
  }
}
