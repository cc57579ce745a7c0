import { expect, it } from 'vitest';
import { preparation } from './preparation.ts';

it.each([
  [[], ''],
  [['stored', 'stored'], 'As stored.'],
  [['file'], 'The window stored in the DICOM files.'],
  [['percentile:2:98'], 'From the 2nd to the 98th percentile of each image.'],
  [
    ['file', 'stored', 'file'],
    'Depends on the kind of file: the window stored in the DICOM files; or as stored.',
  ],
])('says what %j stands for', (ranges, words) => {
  expect(preparation.auto.means(ranges)).toBe(words);
});

it.each([
  [1, /in grey\.$/],
  [2, /^The model receives both; pictures show the first in grey\. /],
  [3, /as red, green and blue\.$/],
  [
    13,
    /^The model receives all 13; pictures show red, green and blue of them, or the first three\. /,
  ],
])('says what it means that %d bands are seen', (bands, words) => {
  expect(preparation.bands.means(bands)).toMatch(words);
});
