import { expect, it } from 'vitest';
import { compare, judgeMasks, overlaps } from './judgement.ts';
import type { Interval } from './results.ts';
import { intervalOf, maskCandidate, maskSummaryOf } from './testing/results.ts';

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

it('judges nothing by test images that show no class, whatever was found in them', () => {
  expect(judgeMasks(maskSummaryOf({ shown: [] }))).toBeNull();
  expect(judgeMasks(maskSummaryOf({ shown: ['nucleus'] }))).not.toBeNull();
});

it('takes no difference on one image with a Dice for more than chance', () => {
  const exactly = (dice: number): ReturnType<typeof maskCandidate> => ({
    ...maskCandidate(dice, 6),
    dice: { mean: intervalOf(dice, 0), classes: {} },
  });
  const none = { path: 'b.png', teacher: null, copy: null, student: null };
  const one = { path: 'a.png', teacher: 0.927, copy: 0.8, student: 0.925 };
  const figures = { teacher: exactly(0.927), copy: exactly(0.8), student: exactly(0.925) };
  const judged = judgeMasks(maskSummaryOf({ ...figures, units: 2, perImage: [one, none] }));
  expect(judged?.tested).toEqual({ images: 1, units: 1, isFew: true, isSingle: true });
  expect(judged?.overTeacher).toMatchObject({ outcome: 'worse', isApart: false });
  expect(judged?.overCopy).toMatchObject({ outcome: 'better', isApart: false });
  expect(judged?.hasHelped).toBe(false);
});
