import { Random } from '../random.ts';

/** A statistic with the bounds of its 95 % interval. */
export interface Interval {
  readonly value: number;
  readonly low: number;
  readonly high: number;
}

export interface BootstrapOptions {
  /** Number of items to sample from. */
  readonly count: number;
  readonly seed: number;
  /** Number of resamples; 1,000 by default. */
  readonly resamples?: number;
}

/**
 * Percentile bootstrap (Efron and Tibshirani, "An Introduction to the Bootstrap", 1993, section 13.3) of several
 * statistics over the same items at once: `count` items are sampled with replacement, and the bounds are the 2.5th and
 * 97.5th percentiles of the resampled statistics.
 *
 * `statistics` gets the number of times each item was sampled (all ones for `value`), so that it can sort and group its
 * items once. Resamples in which a statistic is NaN (undefined) do not count for it; a statistic that is NaN on the
 * items themselves has NaN bounds.
 *
 * Such an interval cannot extend beyond the observed values: 20 of 20 correct gives [1, 1] (see
 * `withExactBound`).
 */
export function bootstrapIntervals<Name extends string>(
  statistics: (draws: Uint32Array) => Record<Name, number>,
  { count, seed, resamples = 1000 }: BootstrapOptions,
): Record<Name, Interval> {
  const draws = new Uint32Array(count).fill(1);
  const values = statistics(draws);
  const names = Object.keys(values) as Name[];
  const drawn = new Map(names.map((name) => [name, [] as number[]]));
  const random = new Random(seed);
  for (let resample = 0; resample < resamples; resample++) {
    draws.fill(0);
    for (let draw = 0; draw < count; draw++) {
      const item = random.integer(count);
      draws[item] = (draws[item] ?? 0) + 1;
    }
    const result = statistics(draws);
    for (const name of names) {
      if (!Number.isNaN(result[name])) drawn.get(name)?.push(result[name]);
    }
  }
  const entries = names.map((name) => [name, interval(values[name], drawn.get(name) ?? [])]);
  return Object.fromEntries(entries) as Record<Name, Interval>;
}

/**
 * Widens the interval of a share of 0 or 1, which resampling gives no width: its other end becomes the exact one
 * (Clopper and Pearson, Biometrika 26, 1934): 0.025^(1/n), or 1 minus that. Other shares are not changed.
 *
 * @param count number of independent predictions that the share is of, n
 */
export function withExactBound(share: Interval, count: number): Interval {
  const end = 0.025 ** (1 / count);
  if (share.value === 1) return { ...share, low: Math.min(share.low, end) };
  if (share.value === 0) return { ...share, high: Math.max(share.high, 1 - end) };
  return share;
}

function interval(value: number, drawn: readonly number[]): Interval {
  if (Number.isNaN(value)) return { value, low: NaN, high: NaN };
  const sorted = Float64Array.from(drawn).sort();
  return { value, low: quantile(sorted, 0.025), high: quantile(sorted, 0.975) };
}

/**
 * Quantile at `level` in [0, 1] of sorted numbers, linear between neighbours (definition 7 of
 * Hyndman and Fan, "Sample quantiles in statistical packages", 1996; NumPy's default). NaN if there are none.
 */
export function quantile(sorted: Float64Array, level: number): number {
  const position = level * (sorted.length - 1);
  const below = sorted[Math.floor(position)] ?? NaN;
  const above = sorted[Math.ceil(position)] ?? NaN;
  return below + (above - below) * (position - Math.floor(position));
}
