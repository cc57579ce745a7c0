import { describe, expect, it } from 'vitest';
import type { CurvePoint } from './curve.ts';
import { latestLoss, merged, nearest, partsOf, smoothed, thinned, upTo } from './curve.ts';

const points = (...losses: number[]): { step: number; loss: number }[] =>
  losses.map((loss, index) => ({ step: index + 1, loss }));

it('cuts a curve of several trainings where each begins', () => {
  const parts = [
    { name: 'Teacher', end: 2 },
    { name: 'Student', end: Infinity },
  ];
  const all = points(5, 4, 6, 3);
  expect(partsOf(all, parts)).toEqual([
    { name: 'Teacher', start: 0, points: all.slice(0, 2) },
    { name: 'Student', start: 2, points: all.slice(2) },
  ]);
  expect(partsOf(all, [])).toEqual([{ name: '', start: 0, points: all }]);
});

describe('smoothed', () => {
  const losses = (reach: number, ...values: number[]): number[] =>
    smoothed(points(...values), reach).map(({ loss }) => loss);

  it('is the mean of the neighbours; the first point is unchanged, the last is the mean of those before it', () => {
    expect(losses(1, 6, 3, 0, 3)).toEqual([6, 3, 2, 1.5]);
    expect(losses(8, 5, 1, 3)).toEqual([5, 3, 3]);
  });

  it('leaves a straight line straight, but for its end', () => {
    expect(losses(2, 9, 8, 7, 6, 5, 4, 3)).toEqual([9, 8, 7, 6, 5, 4.5, 4]);
  });

  it('takes in more of a long run', () => {
    expect(smoothed(points(4, 2, 6))).toEqual(points(4, 2, 6));
    const many = points(...Array.from({ length: 60 }, (_, index) => index % 2));
    expect(smoothed(many)[30]?.loss).toBeCloseTo(2 / 5);
  });
});

it('latestLoss is the end of the smoothed curve', () => {
  for (const length of [1, 29, 90, 2000]) {
    const some = points(...Array.from({ length }, (_, index) => 5 / (1 + index) + (index % 3)));
    expect(latestLoss(some)).toBeCloseTo(smoothed(some).at(-1)?.loss ?? NaN, 9);
  }
  expect(latestLoss([])).toBeUndefined();
});

describe('thinned', () => {
  it('keeps few points as they are', () => {
    expect(thinned(points(1, 2, 3), 5)).toEqual(points(1, 2, 3));
  });

  it('keeps both ends and the means between them', () => {
    const many = points(...Array.from({ length: 1000 }, (_, index) => 1000 - index));
    const few = thinned(many, 100);
    expect(few).toHaveLength(100);
    expect(few[0]).toEqual(many[0]);
    expect(few.at(-1)).toEqual(many.at(-1));
    expect(few.every(({ step }, index) => step > (few[index - 1]?.step ?? 0))).toBe(true);
  });
});

describe('nearest', () => {
  const some = [1, 4, 5, 20].map((step) => ({ step, loss: step }));
  it.each([
    [0, 1],
    [2, 1],
    [3, 4],
    [13, 20],
    [12, 5],
    [99, 20],
  ])('of step %d is %d', (step, expected) => {
    expect(nearest(some, step)?.step).toBe(expected);
  });

  it('is none of none', () => {
    expect(nearest<CurvePoint>([], 3)).toBeUndefined();
    expect(nearest(points(7), 3)?.loss).toBe(7);
  });
});

describe('merged', () => {
  it('appends later points', () => {
    expect(merged(points(3, 2), [{ step: 3, loss: 1 }])).toEqual(points(3, 2, 1));
  });

  it('puts in order, and lets a step that was done again count', () => {
    expect(merged(points(3, 2, 9), [{ step: 3, loss: 1 }])).toEqual(points(3, 2, 1));
    expect(merged([{ step: 3, loss: 1 }], points(3, 2))).toEqual(points(3, 2, 1));
  });
});

describe('upTo', () => {
  it('drops points after a step', () => {
    expect(upTo(points(4, 3, 2, 1), 2)).toEqual(points(4, 3));
    expect(upTo(points(4), 0)).toEqual([]);
  });

  it('returns the same array if there is nothing to drop', () => {
    const some = points(4, 3);
    expect(upTo(some, 2)).toBe(some);
    expect(upTo(some, Infinity)).toBe(some);
  });
});
