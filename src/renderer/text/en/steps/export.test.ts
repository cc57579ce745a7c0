import { expect, test } from 'vitest';
import { exportText } from './export.ts';

test.each([
  [{ range: 'auto' }, null],
  [{ range: 'file' }, 'not in the file, prepare them first: each file’s own window becomes 0 to 1'],
  [
    { range: 'window:40:400', bands: [2] },
    'not in the file, prepare them first: band 2; a window with centre 40 and width 400 becomes 0 to 1',
  ],
  [
    { range: 'percentile:2:98', bands: [4, 3, 2] },
    'not in the file, prepare them first: bands 4, 3, 2; percentiles 2 to 98 of each image become 0 to 1',
  ],
  [
    { range: 'stored', bands: [1, 2, 3, 4, 5, 6, 8] },
    'not in the file, prepare them first: bands 1-6, 8; the whole range of the data type becomes 0 to 1',
  ],
])('how values are to be prepared before they enter the model: %j', (preparation, expected) => {
  expect(exportText.contents.values.what(preparation)).toBe(expected);
});

test.each([
  [0.99976, 'More than 99.9 % of the pixels of 2 tiles have the same class as before export'],
  [0.9994, '99.9 % of the pixels of 2 tiles have the same class as before export'],
  [0.97, '97.0 % of the pixels of 2 tiles have the same class as before export'],
])('an agreement of %d is not rounded up to all', (agreement, expected) => {
  expect(exportText.parity.shareOfPixels(agreement, 2)).toBe(expected);
});

test.each([
  [undefined, 'its bands in the order red, green, blue'],
  [[8], 'its band 8 for each channel'],
  [[4, 3, 2], 'its bands in the order 4, 3, 2'],
  [[1, 2, 3, 4, 5, 6], 'its bands in the order 1-6'],
])('which bands to choose in Deepness: %j', (bands, words) => {
  const steps = exportText.use.qgis.steps({ range: 'auto', ...(bands && { bands }) });
  expect(steps[1]).toBe(`Choose the raster layer, and ${words}.`);
});
