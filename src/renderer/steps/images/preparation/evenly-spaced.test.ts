import { expect, it } from 'vitest';
import { evenlySpaced } from './evenly-spaced.ts';

it.each([
  [0, []],
  [1, [0]],
  [3, [0, 1, 2]],
  [4, [0, 1, 2, 3]],
  [8, [1, 3, 5, 7]],
  [1000, [125, 375, 625, 875]],
])('four of %i', (total, positions) => {
  expect(evenlySpaced(total, 4)).toEqual(positions);
});
