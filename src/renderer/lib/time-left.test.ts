import { expect, it } from 'vitest';
import { timeLeft } from './time-left.ts';

it.each([
  [null, 0, null],
  [[0, 6, null], 0, null],
  [[2, 6, 20], 0, 20],
  [[2, 6, 20], 12, 8],
  [[2, 6, 20], 22, 0],
  [[2, 6, 20], 40, 'overdue'],
  [[6, 6, 0], 60, 'ending'],
] as const)('of %j and %d s later, says as time left %s', (known, waited, expected) => {
  const [done = 0, total = 0, secondsLeft = null] = known ?? [];
  const progress = known && { done, total, secondsLeft };
  expect(timeLeft(progress, waited)).toBe(expected);
});
