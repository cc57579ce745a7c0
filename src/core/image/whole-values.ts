import { nearestRank, percentileStride } from './intensity.ts';
import type { Raster } from './raster.ts';
import type { Pixels } from './stored.ts';

/** Samples of types with at most 2^16 distinct values. */
type WholeSamples =
  | Uint8Array<ArrayBuffer>
  | Int8Array<ArrayBuffer>
  | Uint16Array<ArrayBuffer>
  | Int16Array<ArrayBuffer>;

/** Band of integers whose range is small, so that a table over it is smaller than the image. */
export interface WholeSpan {
  readonly data: WholeSamples;
  /** Number of bands interleaved in `data`; `band` is the index of this one. */
  readonly bands: number;
  readonly band: number;
  /** Number of pixels. */
  readonly count: number;
  /** Lower bound of the stored values. */
  readonly least: number;
  /** Length of the table: every stored value is below `least + length`. */
  readonly length: number;
}

/** Finds the span of a band's values; undefined if a table would not be smaller than the image. */
export function spanOf({ data, bands }: Pixels, band: number): WholeSpan | undefined {
  if (!isWhole(data)) return undefined;
  const count = Math.floor(data.length / bands);
  const common = { data, bands, band, count };
  const near = bitSpan(data);
  if (near.length * smallShare <= count) return { ...common, ...near };
  const exact = exactSpan(data, bands, band);
  return exact.length <= count ? { ...common, ...exact } : undefined;
}

/** Ratio of image to table from which finding the exact bounds is not worthwhile. */
const smallShare = 16;

type Ends = Pick<WholeSpan, 'least' | 'length'>;

/** Bounds by the bits set in any value of any band, which takes a third of the time of comparisons. */
function bitSpan(data: WholeSamples): Ends {
  if (data instanceof Uint8Array) return { least: 0, length: 256 };
  if (data instanceof Int8Array) return { least: -128, length: 256 };
  const used = data instanceof Uint16Array ? usedBits(data) : usedBitsOfSigned(data);
  const length = 2 ** (32 - Math.clz32(used));
  return data instanceof Uint16Array
    ? { least: 0, length }
    : { least: -length, length: 2 * length };
}

/** Computes the OR of all values, two at a time. */
function usedBits(data: Uint16Array<ArrayBuffer>): number {
  const pairs = data.byteOffset % 4 === 0 ? data.length >> 1 : 0;
  const words = new Int32Array(data.buffer, pairs === 0 ? 0 : data.byteOffset, pairs);
  let both = 0;
  for (let at = 0; at < pairs; at++) both |= words[at] ?? 0;
  let used = (both | (both >>> 16)) & 0xffff;
  for (let at = 2 * pairs; at < data.length; at++) used |= data[at] ?? 0;
  return used;
}

/** Computes the OR of all values without their sign: -1 counts as 0. */
function usedBitsOfSigned(data: Int16Array<ArrayBuffer>): number {
  let used = 0;
  for (const value of data) used |= value ^ (value >> 15);
  return used;
}

function exactSpan(data: WholeSamples, bands: number, band: number): Ends {
  // Start with integers: with an infinity the loop would count in floating point.
  let least = data[band] ?? 0;
  let greatest = least;
  for (let at = band; at < data.length; at += bands) {
    const value = data[at] ?? 0;
    if (value < least) least = value;
    if (value > greatest) greatest = value;
  }
  return { least, length: greatest - least + 1 };
}

function isWhole(data: Pixels['data']): data is WholeSamples {
  return (
    data instanceof Uint8Array ||
    data instanceof Int8Array ||
    data instanceof Uint16Array ||
    data instanceof Int16Array
  );
}

/**
 * Computes the same as `percentiles`, by counting each value instead of sorting.
 *
 * @param meanings rescaled values of the stored ones, from the least on
 * @param isPresent 0 at pixels that do not count
 */
export function countedPercentiles(
  span: WholeSpan,
  meanings: Float64Array,
  isPresent: Uint8Array | undefined,
  [low, high]: readonly [low: number, high: number],
): [low: number, high: number] {
  const stride = percentileStride(span.count);
  const all = countsOf(span, 1, isPresent);
  const some = stride === 1 ? all : countsOf(span, stride, isPresent);
  // A negative slope or a table may reverse the order.
  const order = Uint32Array.from(meanings.keys())
    .filter((at) => Number.isFinite(meanings[at]) && (all[at] ?? 0) > 0)
    .sort((a, b) => (meanings[a] ?? 0) - (meanings[b] ?? 0));
  const [first, last] = [order.at(0), order.at(-1)];
  if (first === undefined || last === undefined) return [0, 0];
  const total = order.reduce((sum, at) => sum + (some[at] ?? 0), 0);
  const at = (percent: number): number => {
    let below = nearestRank(percent, total);
    for (const value of order) {
      below -= some[value] ?? 0;
      if (below < 0) return meanings[value] ?? 0;
    }
    return 0;
  };
  return [
    low <= 0 ? (meanings[first] ?? 0) : at(low),
    high >= 100 ? (meanings[last] ?? 0) : at(high),
  ];
}

/** Counts each value among every `stride`-th pixel. */
function countsOf(
  { data, bands, band, count, least, length }: WholeSpan,
  stride: number,
  isPresent: Uint8Array | undefined,
): Uint32Array {
  const counts = new Uint32Array(length);
  for (let at = 0; at < count; at += stride) {
    if (isPresent?.[at] === 0) continue;
    const value = (data[at * bands + band] ?? 0) - least;
    counts[value] = (counts[value] ?? 0) + 1;
  }
  return counts;
}

/** Looks up each pixel in `table`, whose first entry is for the least value. */
export function lookUp(
  { data, bands, band, count, least }: WholeSpan,
  table: Uint8ClampedArray,
): Uint8ClampedArray<ArrayBuffer> {
  const entries = new Uint8ClampedArray(count);
  // With one band, the usual case, the index is simpler.
  if (bands === 1) {
    for (let at = 0; at < count; at++) entries[at] = table[(data[at] ?? 0) - least] ?? 0;
    return entries;
  }
  for (let at = 0, from = band; at < count; at++, from += bands) {
    entries[at] = table[(data[from] ?? 0) - least] ?? 0;
  }
  return entries;
}

/** Computes `meanOfSquares` of the result of `lookUp`, in one pass. */
export function meansOfLookedUp(
  { data, count, least }: WholeSpan,
  table: Uint8ClampedArray,
  columns: number,
  factor: number,
): Raster {
  const width = columns / factor;
  const height = count / columns / factor;
  const means = new Uint8Array(width * height);
  if (factor === 2) {
    if (data.BYTES_PER_ELEMENT === 2 && data.byteOffset % 4 === 0) {
      const words = new Int32Array(data.buffer, data.byteOffset, count / 2);
      fillMeansOfPairs(means, words, tableOfBits(data, table, least), width);
    } else {
      fillMeansOfFour(means, data, table, columns, least);
    }
    return { width, height, channels: 1, data: means };
  }
  const sums = new Uint32Array(width);
  const area = factor * factor;
  for (let row = 0, at = 0; row < height; row++) {
    sums.fill(0);
    for (let y = 0; y < factor; y++) {
      for (let x = 0; x < width; x++) {
        let sum = 0;
        for (const end = at + factor; at < end; at++) sum += table[(data[at] ?? 0) - least] ?? 0;
        sums[x] = (sums[x] ?? 0) + sum;
      }
    }
    for (let x = 0; x < width; x++) means[row * width + x] = ((sums[x] ?? 0) + area / 2) / area;
  }
  return { width, height, channels: 1, data: means };
}

/** Means for the usual factor of 2; written out, the loop takes less than half the time. */
function fillMeansOfFour(
  means: Uint8Array,
  data: WholeSamples,
  table: Uint8ClampedArray,
  columns: number,
  least: number,
): void {
  const width = columns / 2;
  for (let to = 0, at = 0; to < means.length; at += columns) {
    for (const end = to + width; to < end; to++, at += 2) {
      const sum =
        (table[(data[at] ?? 0) - least] ?? 0) +
        (table[(data[at + 1] ?? 0) - least] ?? 0) +
        (table[(data[at + columns] ?? 0) - least] ?? 0) +
        (table[(data[at + columns + 1] ?? 0) - least] ?? 0);
      means[to] = (sum + 2) >> 2;
    }
  }
}

/** Converts the table to an index by the 16 bits of a value. */
function tableOfBits(
  data: WholeSamples,
  table: Uint8ClampedArray,
  least: number,
): Uint8ClampedArray {
  if (data instanceof Uint16Array && least === 0) return table;
  const entries = new Uint8ClampedArray(2 ** 16);
  for (let at = 0; at < table.length; at++) entries[(least + at) & 0xffff] = table[at] ?? 0;
  return entries;
}

/** Means from two neighbouring 16-bit values at a time, which takes half the time again. */
function fillMeansOfPairs(
  means: Uint8Array,
  words: Int32Array,
  table: Uint8ClampedArray,
  width: number,
): void {
  for (let to = 0, at = 0; to < means.length; at += width) {
    for (const end = to + width; to < end; to++, at++) {
      const upper = words[at] ?? 0;
      const lower = words[at + width] ?? 0;
      const sum =
        (table[upper & 0xffff] ?? 0) +
        (table[upper >>> 16] ?? 0) +
        (table[lower & 0xffff] ?? 0) +
        (table[lower >>> 16] ?? 0);
      means[to] = (sum + 2) >> 2;
    }
  }
}
