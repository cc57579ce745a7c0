import { describe, expect, it } from 'vitest';
import { tensor } from '../tensor.ts';
import { featureStatistics, standardised } from './standardise.ts';

describe('featureStatistics', () => {
  it('is the mean and the inverse deviation of each column', () => {
    // Column 0: mean 3, variance (4 + 0 + 4) / 3. Column 1 never varies.
    const features = tensor([3, 2], [1, 7, 3, 7, 5, 7]);
    const { mean, inverseDeviation } = featureStatistics(features);
    expect([...mean.data]).toEqual([3, 7]);
    expect(inverseDeviation.data[0]).toBeCloseTo(1 / Math.sqrt(8 / 3 + 1e-5), 6);
    expect(inverseDeviation.data[1]).toBeCloseTo(1 / Math.sqrt(1e-5), 3);
    const rows = standardised(features, { mean, inverseDeviation });
    for (const [at, value] of [-1.224743, 0, 0, 0, 1.224743, 0].entries()) {
      expect(rows[at]).toBeCloseTo(value, 5);
    }
  });

  it('keeps small variances on large means', () => {
    const { inverseDeviation } = featureStatistics(tensor([2, 1], [10_000, 10_002]));
    expect(inverseDeviation.data[0]).toBeCloseTo(1, 4);
  });
});
