import { describe, expect, it } from 'vitest';
import { lossAxis, shareAxis, stepTicks } from './ticks.ts';

const values = (axis: { ticks: readonly { value: number }[] }): number[] =>
  axis.ticks.map(({ value }) => value);

describe('lossAxis', () => {
  it('is logarithmic where the loss falls far, with marks at 1, 2, 5', () => {
    const axis = lossAxis([5.49, 2.1, 0.97]);
    expect(axis.isLogarithmic).toBe(true);
    expect(values(axis)).toEqual([1, 2, 5]);
    expect(axis.low).toBeLessThan(0.97);
    expect(axis.high).toBeGreaterThan(5.49);
  });

  it('has fewer marks a decade over many', () => {
    expect(values(lossAxis([120, 0.02]))).toEqual([0.1, 1, 10, 100]);
  });

  it('has room to fall into where the loss hardly changed yet', () => {
    const axis = lossAxis([1.42, 1.2, 0.97]);
    expect(axis.low).toBeCloseTo(1.42 / 2.5);
    expect(values(axis)).toEqual([0.7, 1, 1.5]);
    expect(lossAxis([1.42, 1.3]).low).toBe(axis.low);
  });

  it('has evenly spaced ticks if no usual tick is in the range', () => {
    expect(values(lossAxis([1.37, 1.1]))).toEqual([0.6, 0.8, 1, 1.2, 1.4]);
  });

  it('copes with one value, none, and nonsense', () => {
    expect(values(lossAxis([0.5]))).toEqual([0.2, 0.3, 0.5]);
    expect(lossAxis([])).toMatchObject({ ticks: [] });
    expect(lossAxis([NaN, 0])).toMatchObject({ low: 0, high: 1, isLogarithmic: false });
    expect(lossAxis([-1, 1])).toMatchObject({ low: -1, high: 1, isLogarithmic: false });
  });
});

describe('stepTicks', () => {
  it.each([
    [600, 6, [0, 100, 200, 300, 400, 500, 600]],
    [40, 4, [0, 10, 20, 30, 40]],
    [610, 6, [0, 100, 200, 300, 400, 500, 600]],
    [130, 6, [0, 20, 40, 60, 80, 100, 120]],
    [375, 4, [0, 100, 200, 300, 375]],
    [3, 6, [0, 1, 2, 3]],
    [1, 6, [0, 1]],
  ])('of %d steps', (last, count, expected) => {
    expect(stepTicks(last, count).map(({ value }) => value)).toEqual(expected);
  });
});

describe('an axis of shares', () => {
  it.each<[number[], number, number]>([
    [[0.91, 0.62], 0.6, 0.95],
    [[1, 0.98], 0.9, 1],
    [[0.02, 0.01], 0, 0.1],
    [[], 0.9, 1],
  ])('of %j goes from %d to %d', (values, low, high) => {
    const axis = shareAxis(values);
    expect([axis.low, axis.high]).toEqual([low, high]);
    expect(axis.ticks.length).toBeGreaterThanOrEqual(2);
    for (const value of values) {
      expect(value).toBeGreaterThanOrEqual(low);
      expect(value).toBeLessThanOrEqual(high);
    }
  });
});
