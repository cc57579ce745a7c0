import { describe, expect, it } from 'vitest';
import { Random } from '../random.ts';
import { bootstrapIntervals, quantile, withExactBound } from './interval.ts';

/** Mean of `values`, each counted as often as it was sampled. */
function weightedMean(values: readonly number[], draws: Uint32Array): number {
  return values.reduce((sum, value, at) => sum + value * (draws[at] ?? 0), 0) / values.length;
}

describe('bootstrapIntervals', () => {
  const right = Array.from({ length: 400 }, (_, at) => (at < 280 ? 1 : 0));
  const accuracy = (draws: Uint32Array) => ({ accuracy: weightedMean(right, draws) });

  it('comes close to the normal approximation of a binomial share', () => {
    const { accuracy: interval } = bootstrapIntervals(accuracy, { count: 400, seed: 5 });
    const half = 1.96 * Math.sqrt((0.7 * 0.3) / 400);
    expect(interval.value).toBe(0.7);
    expect(Math.abs(interval.low - (0.7 - half))).toBeLessThan(0.006);
    expect(Math.abs(interval.high - (0.7 + half))).toBeLessThan(0.006);
  });

  it('covers the true share about 95 times in a hundred', () => {
    const random = new Random(11);
    const trials = 300;
    let covered = 0;
    for (let trial = 0; trial < trials; trial++) {
      const sample = Array.from({ length: 100 }, () => (random.uniform() < 0.6 ? 1 : 0));
      const { share } = bootstrapIntervals((draws) => ({ share: weightedMean(sample, draws) }), {
        count: 100,
        seed: trial,
        resamples: 300,
      });
      if (share.low <= 0.6 && 0.6 <= share.high) covered += 1;
    }
    expect(covered / trials).toBeGreaterThan(0.9);
    expect(covered / trials).toBeLessThan(0.985);
  });

  it('samples as many items as there are, the same for the same seed', () => {
    const totals = new Set<number>();
    const record = (draws: Uint32Array) => {
      totals.add(draws.reduce((sum, count) => sum + count, 0));
      return accuracy(draws);
    };
    const first = bootstrapIntervals(record, { count: 400, seed: 1, resamples: 50 });
    const again = bootstrapIntervals(record, { count: 400, seed: 1, resamples: 50 });
    const other = bootstrapIntervals(record, { count: 400, seed: 2, resamples: 50 });
    expect([...totals]).toEqual([400]);
    expect(first).toEqual(again);
    expect(first).not.toEqual(other);
  });

  it('leaves out resamples in which a statistic is undefined', () => {
    const onlyWithFirst = (draws: Uint32Array) => ({
      first: draws[0] ? 2 : NaN,
      never: NaN,
    });
    const { first, never } = bootstrapIntervals(onlyWithFirst, { count: 3, seed: 1 });
    expect(first).toEqual({ value: 2, low: 2, high: 2 });
    expect(never).toEqual({ value: NaN, low: NaN, high: NaN });
  });
});

describe('withExactBound', () => {
  it('returns an interval if all answers are right, or none', () => {
    // scipy.stats.binomtest(40, 40).proportion_ci(method='exact'): 0.9119…
    const all = withExactBound({ value: 1, low: 1, high: 1 }, 40);
    expect(all.low).toBeCloseTo(0.9119, 4);
    expect(all.high).toBe(1);
    const none = withExactBound({ value: 0, low: 0, high: 0 }, 40);
    expect(none).toEqual({ value: 0, low: 0, high: 1 - all.low });
  });

  it('does not change other shares', () => {
    const share = { value: 0.5, low: 0.4, high: 0.6 };
    expect(withExactBound(share, 40)).toEqual(share);
  });
});

describe('quantile', () => {
  it.each([
    [0, 1],
    [0.5, 3],
    [0.625, 4.5],
    [1, 10],
  ])('interpolates at %d', (level, expected) => {
    expect(quantile(Float64Array.of(1, 2, 3, 6, 10), level)).toBe(expected);
  });
});
