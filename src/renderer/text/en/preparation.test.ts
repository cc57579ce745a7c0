import { expect, it } from 'vitest';
import { preparation } from './preparation.ts';

it.each([
  [[], ''],
  [['stored', 'stored'], 'As stored.'],
  [['file'], 'The window that the DICOM files name.'],
  [['percentile:2:98'], 'From the 2nd to the 98th percentile of each image.'],
  [
    ['file', 'stored', 'file'],
    'By the kind of file: the window that the DICOM files name; or as stored.',
  ],
])('says what %j stands for', (ranges, words) => {
  expect(preparation.auto.means(ranges)).toBe(words);
});
