import { describe, expect, it } from 'vitest';
import { Random } from './random.ts';

describe('Random', () => {
  it('repeats itself for the same seed and keys, and only then', () => {
    const draw = (...keys: [number, ...number[]]) => {
      const random = new Random(...keys);
      return Array.from({ length: 8 }, () => random.next());
    };
    expect(draw(7, 1, 2)).toEqual(draw(7, 1, 2));
    expect(draw(7, 1, 2)).not.toEqual(draw(7, 2, 1));
    expect(draw(7)).not.toEqual(draw(7, 0));
    expect(draw(0)).not.toEqual(draw(1));
  });

  it('is uniform and, on request, normal', () => {
    const random = new Random(3);
    const count = 200_000;
    const uniform = Array.from({ length: count }, () => random.uniform());
    const normal = Array.from({ length: count }, () => random.normal());
    const mean = (values: number[]) => values.reduce((sum, value) => sum + value, 0) / count;
    expect(mean(uniform)).toBeCloseTo(0.5, 2);
    expect(mean(uniform.map((value) => value ** 2))).toBeCloseTo(1 / 3, 2);
    expect(mean(normal)).toBeCloseTo(0, 1);
    expect(mean(normal.map((value) => value ** 2))).toBeCloseTo(1, 1);
    expect(mean(normal.map((value) => value ** 4))).toBeCloseTo(3, 0);
  });

  it('shuffles without losing or inventing anything', () => {
    const items = Array.from({ length: 100 }, (_, index) => index);
    const shuffled = new Random(1).shuffled(items);
    expect(shuffled).not.toEqual(items);
    expect(shuffled.toSorted((a, b) => a - b)).toEqual(items);
  });
});
