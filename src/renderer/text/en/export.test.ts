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
  [
    { range: 'stored', bands: [1, 2, 3, 4, 5, 6, 8] },
    'prepared outside: bands 1-6, 8; the whole range of the type is 0 to 1',
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

test.each([
  [undefined, 'its bands in the order red, green, blue'],
  [[8], 'its band 8 for each channel'],
  [[4, 3, 2], 'its bands in the order 4, 3, 2'],
  [[1, 2, 3, 4, 5, 6], 'its bands in the order 1-6'],
])('which bands Deepness is to give: %j', (bands, words) => {
  const steps = exportText.use.qgis.steps({ range: 'auto', ...(bands && { bands }) });
  expect(steps[1]).toBe(`Choose the raster layer, and ${words}.`);
});
