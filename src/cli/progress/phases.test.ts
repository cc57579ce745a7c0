import { expect, test } from 'vitest';
import { isNewPhase, type ProgressEvent } from './phases.ts';

const images = (done: number, total: number): ProgressEvent => ({
  type: 'progress',
  phase: 'images',
  done,
  total,
  secondsLeft: null,
});

test.each([
  ['the first', images(0, 10), undefined, true],
  ['further on', images(4, 10), images(3, 10), false],
  ['a volume was opened, and there is more to do', images(4, 300), images(3, 10), false],
  ['all over again', images(0, 10), images(3, 10), true],
  ['the next folder', images(0, 20), images(10, 10), true],
  ['the end told twice', images(10, 10), images(10, 10), false],
  ['less to do', images(4, 5), images(3, 10), true],
] as const)('%s', (_, event, last, expected) => {
  expect(isNewPhase(event, last)).toBe(expected);
});
