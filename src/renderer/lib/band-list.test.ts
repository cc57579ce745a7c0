import { expect, it } from 'vitest';
import { readBandList, writtenBandList } from './band-list.ts';

it.each([
  [[], ''],
  [[4, 3, 2], '4, 3, 2'],
  [[1, 2, 3], '1, 2, 3'],
  [[1, 2, 3, 4], '1-4'],
  [[8, 1, 2, 3, 4, 5, 6, 8, 12], '8, 1-6, 8, 12'],
])('writes %j as %j, and reads them again', (bands, text) => {
  expect(writtenBandList(bands)).toBe(text);
  expect(readBandList(text)).toEqual({ bands });
});

it.each([
  ['1–3 7;8', [1, 2, 3, 7, 8]],
  [' 2 - 4, ', [2, 3, 4]],
  ['5-5', [5]],
])('reads %j', (text, bands) => {
  expect(readBandList(text)).toEqual({ bands });
});

it.each([
  ['1-6, red', 'red'],
  ['0', '0'],
  ['6-1', '6-1'],
  ['1-', '1-'],
  ['-3', '-3'],
  ['2.5', '2.5'],
  ['1-5000', '1-5000'],
])('says what of %j is no band', (text, unread) => {
  expect(readBandList(text)).toEqual({ unread });
});
