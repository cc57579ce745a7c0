import { expect, it } from 'vitest';
import * as figures from './figures.ts';

it.each<[string, string]>([
  [figures.percentInterval({ value: 0.9344, low: 0.92, high: 1 }), '93.4 % (92.0–100.0)'],
  [figures.shareInterval({ value: 0.9344, low: 0.92, high: 1 }), '0.934 (0.920–1.000)'],
  // Interval from one image: it is not meaningful.
  [figures.percentInterval({ value: 0.9344, low: 0.9344, high: 0.9344 }), '93.4 %'],
  [figures.shareInterval({ value: 0.9344, low: 0.9344, high: 0.9344 }), '0.934'],
  [figures.count(1204), '1,204'],
  [figures.counted(1, 'class', 'classes'), '1 class'],
  [figures.counted(0, 'class', 'classes'), '0 classes'],
  [figures.parameters(86_567_656), '86.6 million'],
  [figures.parameters(999_600), '1 million'],
  [figures.parameters(820_400), '820 thousand'],
  [figures.parameters(1200), '1,200'],
  [figures.megabytes(21_600_000), '21.6 MB'],
  [figures.megabytes(12_300), '0.0123 MB'],
  [figures.milliseconds(2.3149), '2.31 ms'],
  [figures.significant(12345.6), '12,346'],
  [figures.significant(Number.NaN), '-'],
  [figures.duration(0.04), '0.0 s'],
  [figures.duration(9.96), '10 s'],
  [figures.duration(59.7), '1 min 0 s'],
  [figures.duration(511), '8 min 31 s'],
  [figures.duration(7322), '2 h 2 min'],
])('%s', (actual, expected) => {
  expect(actual).toBe(expected);
});
