import { expect, test } from 'vitest';
import { exportText } from './export.ts';

test.each([
  [{ range: 'auto' }, null],
  [{ range: 'file' }, 'prepared outside: each file’s own window is 0 to 1'],
  [
    { range: 'window:40:400', bands: [2] },
    'prepared outside: band 2; a window of centre 40 and width 400 is 0 to 1',
  ],
  [
    { range: 'percentile:2:98', bands: [4, 3, 2] },
    'prepared outside: bands 4, 3, 2; percentiles 2 to 98 of each image are 0 to 1',
  ],
])('what is to be done to values before the model sees them: %j', (preparation, expected) => {
  expect(exportText.contents.values.what(preparation)).toBe(expected);
});

test.each([
  [0.99976, 'More than 99.9 % of the pixels of 2 tiles have the same class'],
  [0.9994, '99.9 % of the pixels of 2 tiles have the same class'],
  [0.97, '97.0 % of the pixels of 2 tiles have the same class'],
])('an agreement of %d is not rounded up to all', (agreement, expected) => {
  expect(exportText.parity.shareOfPixels(agreement, 2)).toBe(expected);
});
