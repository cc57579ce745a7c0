import { expect, it } from 'vitest';
import { actionText, affectsTime } from './action.ts';

it('includes the run time, unless it was estimated for other settings', () => {
  const stop = { blocks: [0, 2], seconds: 600 };
  expect(actionText(stop, 4, false)).toMatch(/^Distil 2 of 4 blocks, .*10 min/);
  expect(actionText(stop, 4, true)).toBe('Distil 2 of 4 blocks');
  expect(actionText({ ...stop, seconds: null }, 4, false)).toBe('Distil 2 of 4 blocks');
});

it.each([
  [{ views: 8 }, true],
  [{ start: 'fitted' }, true],
  [{ overlap: 0.25 }, true],
  [{ imageSize: null }, true],
  [{ adapt: false }, true],
  [{ precision: 'float16' }, true],
  [{ tolerance: 3 }, false],
  [{ orientation: 'upright' }, false],
] as const)('a change of settings affects the run time: %j', (change, expected) => {
  expect(affectsTime(change)).toBe(expected);
});
