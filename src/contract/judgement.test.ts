import { describe, expect, it } from 'vitest';
import { classBaselinesOf, compare, judgeClasses, judgeMasks, overlaps } from './judgement.ts';
import type { Interval } from './results.ts';
import {
  candidate,
  classSummaryOf,
  intervalOf,
  maskCandidate,
  maskSummaryOf,
} from './testing/results.ts';

const around = (value: number): Interval => ({ value, low: value - 0.02, high: value + 0.02 });

it.each([
  [0.5, 0.53, true],
  [0.5, 0.55, false],
  [0.55, 0.5, false],
])('compares the overlap of %d and %d, each ± 0.02: %s', (a, b, expected) => {
  expect(overlaps(around(a), around(b))).toBe(expected);
});

it.each([
  [0.9, 0.85, 'better', true],
  [0.9, 0.89, 'better', false],
  [0.9, 0.9004, 'same', false],
  [0.85, 0.9, 'worse', true],
])('compares %d with %d: %s', (one, other, outcome, isApart) => {
  expect(compare(around(one), around(other))).toMatchObject({ outcome, isApart });
});

it('gives no judgement from test images without any class, whatever the predictions', () => {
  expect(judgeMasks(maskSummaryOf({ shown: [] }))).toBeNull();
  expect(judgeMasks(maskSummaryOf({ shown: ['nucleus'] }))).not.toBeNull();
});

it('attributes a difference on one image with a Dice to chance', () => {
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

describe('baselines without a model', () => {
  it('are guessing among the classes, or always answering the most frequent one', () => {
    const confusion = [
      [5, 2, 0],
      [1, 4, 0],
      [2, 3, 0],
    ];
    const classes = ['a', 'b', 'c'];
    const found = classBaselinesOf({ task: 'single', classes, teacher: { confusion } });
    expect(found.chance).toBeCloseTo(1 / 3, 12);
    expect(found.mostFrequent).toBeCloseTo(7 / 17, 12);
  });

  it('give each label the answer that is right for most images', () => {
    // Of ten images, two have the first label, nine the second.
    const confusion = [
      [7, 1, 1, 1],
      [0, 1, 4, 5],
    ];
    const classes = ['a', 'b'];
    const { chance, mostFrequent } = classBaselinesOf({
      task: 'several',
      classes,
      teacher: { confusion },
    });
    expect(chance).toBe(0.5);
    expect(mostFrequent).toBeCloseTo((0.8 + 0.9) / 2, 12);
  });

  /** Three classes, nine of seventeen images of the first. */
  const confusion = [
    [4, 3, 2],
    [2, 1, 1],
    [2, 1, 1],
  ];
  const unsure = (accuracy: number): ReturnType<typeof candidate> => ({
    ...candidate(accuracy, 6),
    accuracy: intervalOf(accuracy, 0.22),
    balancedAccuracy: intervalOf(accuracy, 0.22),
    confusion,
  });
  const judged = (teacher: number, student: number): ReturnType<typeof judgeClasses> => {
    const candidates = { teacher: unsure(teacher), student: unsure(student), copy: unsure(0.2) };
    return judgeClasses(classSummaryOf({ ...candidates, classes: ['a', 'b', 'c'] }));
  };

  it('make a teacher unsuitable if it does no better, and praise no student of it', () => {
    const found = judged(0.294, 0.529);
    expect(found).toMatchObject({ use: { verdict: 'useless' }, studentStands: 'none' });
    expect(found.use.causes).toMatchObject([{ kind: 'teacher' }, { kind: 'labelled' }]);
    expect(found.hasHelped).toBe(false);
    expect(judged(0.294, 0.95).use).toMatchObject({
      verdict: 'unsuitable',
      recommended: 'student',
    });
    expect(judged(0.9, 0.9)).toMatchObject({ use: { verdict: 'usable' }, studentStands: 'above' });
  });

  it('do not disqualify a student that recognises rare classes', () => {
    const student = {
      ...unsure(0.54),
      accuracy: intervalOf(0.54),
      balancedAccuracy: intervalOf(0.7),
    };
    const summary = classSummaryOf({ student, classes: ['a', 'b', 'c'] });
    const teacher = { ...candidate(0.9, 12), confusion };
    expect(judgeClasses({ ...summary, teacher })).toMatchObject({
      studentStands: 'majority',
      use: { verdict: 'usable' },
      hasHelped: false,
    });
  });

  it('are outlining the whole image in segmentation', () => {
    const baselines = { dice: 0.85, iou: 0.7, pixelAccuracy: 0.6 };
    expect(judgeMasks(maskSummaryOf({ baselines }))).toMatchObject({
      use: { verdict: 'useless', shortfall: 'chance' },
      hasHelped: false,
    });
    expect(judgeMasks(maskSummaryOf())).toMatchObject({
      use: { verdict: 'usable', recommended: 'student' },
      hasHelped: true,
    });
  });
});
