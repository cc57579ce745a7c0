import { expect, test } from 'vitest';
import { isOneShade } from './raster.ts';

test.each([
  [3, [5, 6, 7, 5, 6, 7], true],
  [3, [5, 6, 7, 5, 6, 8], false],
  [1, [9, 9, 9], true],
  [1, [9, 9, 8], false],
  [6, [1, 2, 3, 4, 5, 6], true],
  [2, [1, 2, 1, 3, 1, 2], false],
])('a raster of %i channels %j is constant: %s', (channels, values, expected) => {
  expect(isOneShade({ channels, data: Uint8Array.from(values) })).toBe(expected);
});
