import type { Display, IntensityWindow, LookupTable, SampleType } from './stored.ts';
import type { IntensityRange, StoredForm } from './stored-form.ts';

/** Conversion of stored values to shades of grey, as in DICOM PS3.3 C.11.1 and C.11.2. */

/** Largest number of values used for a percentile: more would hardly change it. */
const maxRanked = 1_000_000;

/** Full range of each integer type. */
export const typeRanges: Partial<Record<SampleType, readonly [low: number, high: number]>> = {
  uint8: [0, 255],
  int8: [-128, 127],
  uint16: [0, 65535],
  int16: [-32768, 32767],
  uint32: [0, 2 ** 32 - 1],
  int32: [-(2 ** 31), 2 ** 31 - 1],
};

/** Rescales stored values by the file's table, or else by its slope and intercept; without both, returns them as is. */
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

/** Function from a rescaled value to 0–255; storing the result clips values outside. */
export interface Shade {
  (value: number): number;
  /** Equivalent straight line, if it is one, for loops that cannot call a function for every value. */
  readonly line?: ShadeLine;
}

/** 'ends': (255 · (value − low)) / span. 'middle': ((value − middle) / span + 0.5) · 255. The order affects bits. */
export interface ShadeLine {
  readonly from: 'ends' | 'middle';
  /** Value that becomes black ('ends') or middle grey ('middle'). */
  readonly origin: number;
  readonly span: number;
}

/** Shade by the file's VOI lookup table; its bits determine white. */
export function shadeByTable({ first, values, bits }: LookupTable): Shade {
  const last = values.length - 1;
  const white = 2 ** bits - 1;
  return (value) => {
    const index = Math.min(last, Math.max(0, Math.round(value) - first));
    return (255 * (values[index] ?? 0)) / white;
  };
}

/** Shade by a window, with its three functions (C.11.2.1.2 and C.11.2.1.3). */
export function shadeByWindow({ center, width, shape }: IntensityWindow): Shade {
  switch (shape) {
    case 'sigmoid':
      return (value) => 255 / (1 + Math.exp((-4 * (value - center)) / width));
    case 'linear-exact':
      return aroundMiddle(center, width);
    case 'linear':
      // A width of 1 is a threshold: the formula's denominator would be 0.
      if (width <= 1) return (value) => (value <= center - 0.5 ? 0 : 255);
      return aroundMiddle(center - 0.5, width - 1);
  }
}

/**
 * True if values are fractions, so that a window may be narrower than 1. DICOM's own formula, whose windows end half a
 * value further in, is for integers.
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

/** Function that computes percentiles of one band of one image; called only if a range depends on them. */
export type PercentilesOf = (
  percents: readonly [low: number, high: number],
) => readonly [low: number, high: number];

/**
 * Shade by a range. 'file' is treated as 'full' if the file has no window.
 *
 * @param percentilesOf percentiles of rescaled values
 */
export function shadeByRange(
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
      return shadeByWindow({ ...range, shape, name: null });
    }
    case 'percentile':
      return between(...percentilesOf([range.low, range.high]));
    case 'file': {
      const [first] = display.windows;
      return first ? shadeByWindow(first) : between(...percentilesOf([0, 100]));
    }
    case 'full':
      return between(...percentilesOf([0, 100]));
  }
}

/** Shade with even steps from `low` to `high`; if they are equal, values above are white. */
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

/** Step n such that every n-th of `count` values is used for a percentile. */
export function percentileStride(count: number): number {
  return Math.ceil(count / maxRanked);
}

/** Sorted values of one band of one image; of very many values every n-th. */
export interface RankedValues {
  readonly sorted: Float64Array;
  /** Smallest of all values, including those not in `sorted`; Infinity if there is no value (`greatest`: -Infinity). */
  readonly least: number;
  readonly greatest: number;
}

/**
 * Sorts the values that are present. Of very many values every n-th is used, but the least and the
 * greatest are always those of all.
 */
export function rankedValues(
  values: Float64Array,
  isPresent: Uint8Array | undefined,
): RankedValues {
  const stride = percentileStride(values.length);
  const some: number[] = [];
  let [least, greatest] = [Infinity, -Infinity];
  for (let at = 0; at < values.length; at++) {
    const value = values[at] ?? NaN;
    if (isPresent?.[at] === 0 || !Number.isFinite(value)) continue;
    least = Math.min(least, value);
    greatest = Math.max(greatest, value);
    if (at % stride === 0) some.push(value);
  }
  return { sorted: Float64Array.from(some).sort(), least, greatest };
}

/** Value at the nearest rank of a percentage; 0 if there is no value. */
export function percentileOf({ sorted, least, greatest }: RankedValues, percent: number): number {
  if (least > greatest) return 0;
  if (percent <= 0) return least;
  if (percent >= 100) return greatest;
  return sorted[nearestRank(percent, sorted.length)] ?? 0;
}

/** Computes percentiles of the values that are present. */
export function percentiles(
  values: Float64Array,
  isPresent: Uint8Array | undefined,
  [low, high]: readonly [low: number, high: number],
): [low: number, high: number] {
  const ranked = rankedValues(values, isPresent);
  return [percentileOf(ranked, low), percentileOf(ranked, high)];
}

/** Index of a percentage among `count` sorted values. */
export function nearestRank(percent: number, count: number): number {
  return Math.round((percent / 100) * (count - 1));
}
