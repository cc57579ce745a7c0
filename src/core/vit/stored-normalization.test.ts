import { expect, test } from 'vitest';
import { shadeByWindow } from '../image/intensity.ts';
import { throughWindow } from './stored-normalization.ts';

const stored = { mean: [1087, 1342.5], deviation: [2248, 2179] };

test.each([
  [5000, 10_000],
  [2000, 4001],
  [1200, 300],
])(
  "a window at %f, %f wide, keeps a value's normalised distance from the mean",
  (center, width) => {
    const { mean, deviation } = throughWindow(stored, { center, width }) ?? stored;
    const shade = shadeByWindow({ center, width, shape: 'linear', name: null });
    for (const [band, of] of stored.mean.entries()) {
      for (const value of [-200, 0, 1, 1087, 9876]) {
        const seen = (shade(value) / 255 - (mean[band] ?? 0)) / (deviation[band] ?? 0);
        expect(seen).toBeCloseTo((value - of) / (stored.deviation[band] ?? 0), 9);
      }
    }
  },
);

test.each([
  [1200, 1],
  [0.5, 1],
  [6000, 9400],
])('a window without the means is for other values: %f and %f wide', (center, width) => {
  expect(throughWindow(stored, { center, width })).toBeUndefined();
});
