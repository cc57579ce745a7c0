/**
 * Separable bicubic resampling with antialiasing: the kernel of Keys ("Cubic convolution
 * interpolation for digital image processing", 1981, eq. 15, a = -1/2), widened by the scale factor
 * when shrinking. Taps beyond the edge are dropped and the others rescaled to sum to 1. Pillow's
 * `resize(size, BICUBIC, box=box)` computes the same, and so does PyTorch's `interpolate(mode='bicubic',
 * antialias=True, align_corners=False)`.
 *
 * A pass resamples one axis and exchanges the two, so that two passes of one loop resample both axes and restore
 * their order.
 */
import { elementCount } from '../tensor.ts';
import type { Raster } from './raster.ts';

/** Part of an image, in pixels from its top left corner; edges may be between pixels. */
export interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** Source samples of each new sample along an axis, and their weights. */
interface Taps {
  /** Index of the first source sample of each new sample. */
  readonly first: Int32Array;
  /** Number of source samples of each new sample, 1 to `limit`. */
  readonly count: Int32Array;
  /** Weights, (new samples, limit); the first `count` of a row sum to 1. */
  readonly weights: Float64Array;
  readonly limit: number;
}

/** Reach of the kernel to either side, in samples of the coarser grid. */
const reach = 2;

/** Number of fractional bits of integer weights. |sum| < 1.25 · 255 · 2²² + 2²¹ fits 32 bits with its sign. */
const fractionBits = 22;

/** Half of the last bit kept, which rounds to the nearest when the fraction is shifted out. */
const half = 1 << (fractionBits - 1);

/**
 * Resamples `box` of an 8-bit image to `width` × `height` pixels. If the kernel extends beyond the box it reads the
 * image there, as Pillow does; only the edge of the image drops taps.
 *
 * Equal to Pillow up to version 12 byte for byte: across first, rounded and clipped to 8 bits, then down, with integer
 * weights of 22 fractional bits and a box in single precision. (Pillow 13 goes down first if that is faster, which
 * rounds and clips other intermediate values.) Writes to `target` (height × width × channels bytes) if given, else to
 * new memory.
 *
 * Throws if the box is empty or exceeds the image, or if a length does not match its shape.
 */
export function resampleRaster(
  raster: Raster,
  box: Box,
  width: number,
  height: number,
  target?: Uint8Array,
): Raster {
  checkSizes('resampleRaster', { width, height });
  checkBox(raster, box);
  const { channels } = raster;
  const data = target ?? new Uint8Array(height * width * channels);
  checkLength('resampleRaster: target', data, [height, width, channels]);
  checkLength('resampleRaster: image', raster.data, [raster.height, raster.width, channels]);

  const across = tapsOf(raster.width, box.x, box.width, width);
  const down = tapsOf(raster.height, box.y, box.height, height);
  const top = down.first[0] ?? 0;
  const bottom = (down.first[height - 1] ?? 0) + (down.count[height - 1] ?? 0);

  const rowBytes = raster.width * channels;
  const rows = raster.data.subarray(top * rowBytes, bottom * rowBytes);
  const columns = new Uint8Array(width * (bottom - top) * channels);
  passBytes(rows, bottom - top, channels, across, 0, columns);
  passBytes(columns, width, channels, down, top, data);
  return { width, height, channels, data };
}

/**
 * Resamples a grid of float vectors, (rows, columns, depth) → (newRows, newColumns, depth), without
 * rounding or clipping. Throws if the sizes do not match `values`.
 */
export function resampleGrid(
  values: Float32Array,
  depth: number,
  [rows, columns]: readonly [rows: number, columns: number],
  [newRows, newColumns]: readonly [rows: number, columns: number],
): Float32Array {
  checkSizes('resampleGrid', { rows, columns, depth, newRows, newColumns });
  checkLength('resampleGrid', values, [rows, columns, depth]);
  const across = tapsOf(columns, 0, columns, newColumns);
  const down = tapsOf(rows, 0, rows, newRows);
  return passFloats(passFloats(values, rows, depth, across), newColumns, depth, down);
}

/** Evaluates Keys' kernel with a = -1/2 at a distance in samples. */
function kernel(distance: number): number {
  const x = Math.abs(distance);
  if (x < 1) return (1.5 * x - 2.5) * x * x + 1;
  if (x < 2) return -0.5 * (((x - 5) * x + 8) * x - 4);
  return 0;
}

/** Computes taps that resample `extent` of an axis of `size` samples, from `start` on, to `newSize` samples. */
function tapsOf(size: number, start: number, extent: number, newSize: number): Taps {
  // Pillow stores the two ends of a box as floats of 32 bits.
  const low = Math.fround(start);
  const scale = Math.fround(Math.fround(start + extent) - low) / newSize;
  const widening = Math.max(scale, 1);
  const radius = reach * widening;
  const limit = 2 * Math.ceil(radius) + 1;
  const first = new Int32Array(newSize);
  const count = new Int32Array(newSize);
  const weights = new Float64Array(newSize * limit);
  for (let index = 0; index < newSize; index++) {
    const centre = low + (index + 0.5) * scale;
    const from = Math.max(Math.trunc(centre - radius + 0.5), 0);
    const to = Math.min(Math.trunc(centre + radius + 0.5), size);
    const row = weights.subarray(index * limit, index * limit + to - from);
    let sum = 0;
    for (let tap = 0; tap < row.length; tap++) {
      const weight = kernel((from + tap - centre + 0.5) / widening);
      row[tap] = weight;
      sum += weight;
    }
    for (let tap = 0; tap < row.length; tap++) row[tap] = (row[tap] ?? 0) / sum;
    first[index] = from;
    count[index] = to - from;
  }
  return { first, count, weights, limit };
}

/** Converts weights to units of 2⁻²², rounded half away from zero. */
function fixedPoint(weights: Float64Array): Int32Array {
  const fixed = new Int32Array(weights.length);
  for (let index = 0; index < fixed.length; index++) {
    const scaled = (weights[index] ?? 0) * 2 ** fractionBits;
    fixed[index] = Math.trunc(scaled < 0 ? scaled - 0.5 : scaled + 0.5);
  }
  return fixed;
}

/**
 * Resamples (lines, samples, channels) → (new samples, lines, channels). The first `skipped` samples of the axis are
 * not in `source`.
 */
function passBytes(
  source: Uint8Array,
  lines: number,
  channels: number,
  taps: Taps,
  skipped: number,
  target: Uint8Array,
): void {
  const { first, count, limit } = taps;
  const fixed = fixedPoint(taps.weights);
  // Stores to this view clip to [0, 255].
  const clipped = new Uint8ClampedArray(target.buffer, target.byteOffset, target.length);
  const lineBytes = source.length / lines;
  const mix = channels === 3 ? mixColours : mixSamples;
  for (let index = 0; index < first.length; index++) {
    const start = ((first[index] ?? 0) - skipped) * channels;
    const from = index * limit;
    const used = fixed.subarray(from, from + (count[index] ?? 0));
    const at = index * lines * channels;
    mix(
      source.subarray(start),
      lineBytes,
      used,
      channels,
      clipped.subarray(at, at + lines * channels),
    );
  }
}

/** Computes one new sample of every line. `source` starts at the first tap of the first line. */
function mixSamples(
  source: Uint8Array,
  lineBytes: number,
  weights: Int32Array,
  channels: number,
  target: Uint8ClampedArray,
): void {
  for (let at = 0, line = 0; at < target.length; line += lineBytes) {
    for (let channel = 0; channel < channels; channel++, at++) {
      let sum = half;
      for (let tap = 0, from = line + channel; tap < weights.length; tap++, from += channels) {
        sum = (sum + Math.imul(weights[tap] ?? 0, source[from] ?? 0)) | 0;
      }
      target[at] = sum >> fractionBits;
    }
  }
}

/** Same as `mixSamples` for three channels, loading each weight once: 1.6 times as fast. */
function mixColours(
  source: Uint8Array,
  lineBytes: number,
  weights: Int32Array,
  _channels: number,
  target: Uint8ClampedArray,
): void {
  for (let at = 0, line = 0; at < target.length; at += 3, line += lineBytes) {
    let red = half;
    let green = half;
    let blue = half;
    for (let tap = 0, from = line; tap < weights.length; tap++, from += 3) {
      const weight = weights[tap] ?? 0;
      red = (red + Math.imul(weight, source[from] ?? 0)) | 0;
      green = (green + Math.imul(weight, source[from + 1] ?? 0)) | 0;
      blue = (blue + Math.imul(weight, source[from + 2] ?? 0)) | 0;
    }
    target[at] = red >> fractionBits;
    target[at + 1] = green >> fractionBits;
    target[at + 2] = blue >> fractionBits;
  }
}

/** Resamples (lines, samples, depth) → (new samples, lines, depth), summed in double precision. */
function passFloats(source: Float32Array, lines: number, depth: number, taps: Taps): Float32Array {
  const { first, count, weights, limit } = taps;
  const lineLength = source.length / lines;
  const target = new Float32Array(first.length * lines * depth);
  const sums = new Float64Array(depth);
  for (let index = 0; index < first.length; index++) {
    for (let line = 0; line < lines; line++) {
      sums.fill(0);
      for (let tap = 0; tap < (count[index] ?? 0); tap++) {
        const weight = weights[index * limit + tap] ?? 0;
        const from = line * lineLength + ((first[index] ?? 0) + tap) * depth;
        for (let k = 0; k < depth; k++) sums[k] = (sums[k] ?? 0) + weight * (source[from + k] ?? 0);
      }
      target.set(sums, (index * lines + line) * depth);
    }
  }
  return target;
}

function checkSizes(name: string, sizes: Readonly<Record<string, number>>): void {
  for (const [what, size] of Object.entries(sizes)) {
    if (!Number.isInteger(size) || size < 1) {
      throw new Error(`${name}: ${what} must be a positive whole number, got ${size}`);
    }
  }
}

function checkLength(name: string, data: ArrayLike<number>, shape: readonly number[]): void {
  if (data.length !== elementCount(shape)) {
    throw new Error(
      `${name}: shape (${shape.join(', ')}) needs ${elementCount(shape)} values, got ${data.length}`,
    );
  }
}

function checkBox(raster: Raster, { x, y, width, height }: Box): void {
  const inside = x >= 0 && y >= 0 && x + width <= raster.width && y + height <= raster.height;
  // Comparisons with NaN are false, so a box with NaN is refused too.
  if (!(inside && width > 0 && height > 0)) {
    throw new Error(
      `resampleRaster: box ${width} × ${height} at (${x}, ${y}) is empty or leaves the image, ` +
        `${raster.width} × ${raster.height}`,
    );
  }
}
