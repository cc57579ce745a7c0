import { expect, it } from 'vitest';
import { compare, overlaps } from './judgement.ts';
import type { Interval } from './results.ts';

const around = (value: number): Interval => ({ value, low: value - 0.02, high: value + 0.02 });

it.each([
  [0.5, 0.53, true],
  [0.5, 0.55, false],
  [0.55, 0.5, false],
])('overlap of %d and %d, each ± 0.02: %s', (a, b, expected) => {
  expect(overlaps(around(a), around(b))).toBe(expected);
});

it.each([
  [0.9, 0.85, 'better', true],
  [0.9, 0.89, 'better', false],
  [0.9, 0.9004, 'same', false],
  [0.85, 0.9, 'worse', true],
])('%d against %d is %s', (one, other, outcome, isApart) => {
  expect(compare(around(one), around(other))).toMatchObject({ outcome, isApart });
});
