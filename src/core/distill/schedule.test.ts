import { describe, expect, it } from 'vitest';
import { learningRate } from './schedule.ts';

describe('learningRate', () => {
  // 10 steps, warm-up 2, then half a cosine over 8: 1 + cos(π·e/8) over 2.
  it.each([
    [0, 0],
    [1, 0.5],
    [2, 1],
    [4, (1 + Math.SQRT1_2) / 2],
    [6, 0.5],
    [8, (1 - Math.SQRT1_2) / 2],
    [9, (1 - Math.cos(Math.PI / 8)) / 2],
  ])('of step %i of 10', (step, share) => {
    expect(learningRate(step, 10, 3e-3)).toBeCloseTo(3e-3 * share, 12);
  });

  it.each([1, 2, 3, 4, 5, 9, 600])('is positive and ends low over %i steps', (steps) => {
    const warmUp = Math.floor(steps / 5);
    const rates = Array.from({ length: steps }, (_, step) => learningRate(step, steps, 2));
    expect(Math.max(...rates)).toBe(2);
    expect(rates.indexOf(2)).toBe(warmUp);
    // Only the first step of a warm-up has rate 0.
    expect(rates.filter((rate) => !(rate > 0))).toHaveLength(warmUp > 0 ? 1 : 0);
    const falling = rates.slice(warmUp);
    expect(falling).toEqual(falling.toSorted((a, b) => b - a));
  });

  it('warms up for the given number of steps', () => {
    expect([0, 1, 2, 3, 4].map((step) => learningRate(step, 5, 6, 3))).toEqual([0, 2, 4, 6, 3]);
    expect(learningRate(0, 5, 6, 0)).toBe(6);
  });
});
