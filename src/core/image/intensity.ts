import type { Display, IntensityWindow, LookupTable, SampleType } from './stored.ts';
import type { IntensityRange, StoredForm } from './stored-form.ts';

/** From stored values to shades of grey, as DICOM PS3.3 C.11.1 and C.11.2 have it. */

/** Values looked at for a percentile, at most: more tell no more. */
const most = 1_000_000;

/** Whole range of the types that have one. */
export const typeRanges: Partial<Record<SampleType, readonly [low: number, high: number]>> = {
  uint8: [0, 255],
  int8: [-128, 127],
  uint16: [0, 65535],
  int16: [-32768, 32767],
  uint32: [0, 2 ** 32 - 1],
  int32: [-(2 ** 31), 2 ** 31 - 1],
};

/** What stored values mean: by the file's table, else slope and intercept, else themselves. */
export function rescaled(
  stored: Float64Array,
  { rescale, modalityTable }: Pick<Display, 'rescale' | 'modalityTable'>,
): Float64Array {
  if (modalityTable !== null) {
    const { first, values } = modalityTable;
    const last = values.length - 1;
    return stored.map((value) => values[Math.min(last, Math.max(0, value - first))] ?? 0);
  }
  if (rescale === null) return stored;
  const { slope, intercept } = rescale;
  return stored.map((value) => slope * value + intercept);
}

/** From a rescaled value to 0–255; what is outside is cut by whoever stores it. */
export interface Shade {
  (value: number): number;
  /** What it calculates where that is one straight line, for loops that cannot call it for every value. */
  readonly line?: ShadeLine;
}

/** 'ends': (255 · (value − low)) / span. 'middle': ((value − middle) / span + 0.5) · 255. In this order, to the bit. */
export interface ShadeLine {
  readonly from: 'ends' | 'middle';
  /** The value that is black, or that is grey. */
  readonly origin: number;
  readonly span: number;
}

/** By the file's table of values of interest; its bits say what is white. */
export function shownByTable({ first, values, bits }: LookupTable): Shade {
  const last = values.length - 1;
  const white = 2 ** bits - 1;
  return (value) => {
    const index = Math.min(last, Math.max(0, Math.round(value) - first));
    return (255 * (values[index] ?? 0)) / white;
  };
}

/** Windows by their three functions (C.11.2.1.2 and C.11.2.1.3). */
export function shownByWindow({ center, width, shape }: IntensityWindow): Shade {
  switch (shape) {
    case 'sigmoid':
      return (value) => 255 / (1 + Math.exp((-4 * (value - center)) / width));
    case 'linear-exact':
      return aroundMiddle(center, width);
    case 'linear':
      // A width of 1 is a threshold: the formula's own denominator is then 0.
      if (width <= 1) return (value) => (value <= center - 0.5 ? 0 : 255);
      return aroundMiddle(center - 0.5, width - 1);
  }
}

/**
 * Whether values mean fractions, so that a window of them may be narrower than 1. DICOM's own formula, of which a window
 * ends half a value further in, is for whole numbers.
 */
export function isFractional({
  format,
  sampleType,
  display: { rescale },
}: Pick<StoredForm, 'format' | 'sampleType'> & {
  readonly display: Pick<Display, 'rescale'>;
}): boolean {
  if (format === 'dicom') return false;
  const isWhole = rescale === null || [rescale.slope, rescale.intercept].every(Number.isInteger);
  return sampleType.startsWith('float') || !isWhole;
}

/** The values of one band of one image, as far as a range depends on them. */
export type PercentilesOf = (
  percents: readonly [low: number, high: number],
) => readonly [low: number, high: number];

/**
 * By a range. 'file' without a window of its own is taken as 'full'.
 *
 * @param percentilesOf of rescaled values
 */
export function shownBy(
  range: Exclude<IntensityRange, { kind: 'auto' }>,
  percentilesOf: PercentilesOf,
  form: StoredForm,
): Shade {
  const { sampleType, display } = form;
  switch (range.kind) {
    case 'stored': {
      const whole = typeRanges[sampleType];
      return whole ? between(...whole) : between(0, 1);
    }
    case 'window': {
      const shape = isFractional(form) ? 'linear-exact' : 'linear';
      return shownByWindow({ ...range, shape, name: null });
    }
    case 'percentile':
      return between(...percentilesOf([range.low, range.high]));
    case 'file': {
      const [first] = display.windows;
      return first ? shownByWindow(first) : between(...percentilesOf([0, 100]));
    }
    case 'full':
      return between(...percentilesOf([0, 100]));
  }
}

/** Even steps from `low` to `high`; where they are one value, what is above it is white. */
export function between(low: number, high: number): Shade {
  if (high <= low) return (value) => (value > low ? 255 : 0);
  const span = high - low;
  const shade = (value: number): number => (255 * (value - low)) / span;
  return Object.assign(shade, { line: { from: 'ends', origin: low, span } as const });
}

function aroundMiddle(middle: number, span: number): Shade {
  const shade = (value: number): number => ((value - middle) / span + 0.5) * 255;
  return Object.assign(shade, { line: { from: 'middle', origin: middle, span } as const });
}

/** Of so many values every n-th is looked at. */
export function percentileStride(count: number): number {
  return Math.ceil(count / most);
}

/** The values of one band of one image in their order, or of very many every n-th. */
export interface RankedValues {
  readonly sorted: Float64Array;
  /** Of all values, also those that are not looked at. Infinity and -Infinity: there is none. */
  readonly least: number;
  readonly greatest: number;
}

/**
 * What is there, in its order. With very many values every n-th is looked at, but the least and the
 * greatest are always those of all.
 */
export function rankedValues(values: Float64Array, isThere: Uint8Array | undefined): RankedValues {
  const stride = percentileStride(values.length);
  const some: number[] = [];
  let [least, greatest] = [Infinity, -Infinity];
  for (let at = 0; at < values.length; at++) {
    const value = values[at] ?? NaN;
    if (isThere?.[at] === 0 || !Number.isFinite(value)) continue;
    least = Math.min(least, value);
    greatest = Math.max(greatest, value);
    if (at % stride === 0) some.push(value);
  }
  return { sorted: Float64Array.from(some).sort(), least, greatest };
}

/** The value at the nearest rank of a percentage; 0 where there is no value. */
export function percentileOf({ sorted, least, greatest }: RankedValues, percent: number): number {
  if (least > greatest) return 0;
  if (percent <= 0) return least;
  if (percent >= 100) return greatest;
  return sorted[nearestRank(percent, sorted.length)] ?? 0;
}

/** Percentiles of what is there. */
export function percentiles(
  values: Float64Array,
  isThere: Uint8Array | undefined,
  [low, high]: readonly [low: number, high: number],
): [low: number, high: number] {
  const ranked = rankedValues(values, isThere);
  return [percentileOf(ranked, low), percentileOf(ranked, high)];
}

/** Index among `count` sorted values. */
export function nearestRank(percent: number, count: number): number {
  return Math.round((percent / 100) * (count - 1));
}
