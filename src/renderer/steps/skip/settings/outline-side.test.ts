import { expect, it } from 'vitest';
import { outlineSide, sideLimits } from './outline-side.ts';

it.each([
  [{ imageSize: 64, patchSize: 8 }, 128],
  [{ imageSize: 224, patchSize: 16 }, 224],
  [{ imageSize: 98, patchSize: 14 }, 140],
])('the default side of %o is %i', (teacher, side) => {
  expect(outlineSide(teacher)).toBe(side);
});

it('can be any multiple of a patch that the settings allow', () => {
  expect(sideLimits({ imageSize: 64, patchSize: 14 })).toEqual({ low: 42, high: 1022 });
});
