import { describe, expect, test } from 'vitest';
import { Random } from '../random.ts';
import { tensor } from '../tensor.ts';
import { colourFeatures, featureColours } from './feature-colours.ts';

/** Features that differ along three known directions, by known deviations, and hardly elsewhere. */
function features(
  rows: number,
  width: number,
  seed: number,
): { data: Float32Array; axes: number[] } {
  const random = new Random(seed);
  const axes = [4, 1, 6];
  const deviations = [5, 3, 2];
  const data = new Float32Array(rows * width);
  for (let row = 0; row < rows; row++) {
    for (let at = 0; at < width; at++) data[row * width + at] = 10 + 0.01 * random.normal();
    axes.forEach((axis, index) => {
      data[row * width + axis] = 10 + (deviations[index] ?? 0) * random.normal();
    });
  }
  return { data, axes };
}

describe('colours of features', () => {
  test('the axes are the directions of the largest variance, in order, and orthonormal', () => {
    const { data, axes } = features(2000, 8, 1);
    const colours = featureColours(tensor([2000, 8], data));
    expect(colours.axes.map((axis) => axis.findIndex((part) => part > 0.99))).toEqual(axes);
    for (const [index, one] of colours.axes.entries()) {
      for (const [other, two] of colours.axes.entries()) {
        const product = one.reduce((sum, value, at) => sum + value * (two[at] ?? 0), 0);
        expect(product).toBeCloseTo(index === other ? 1 : 0, 10);
      }
    }
  });

  test('the middle of the features fills the shades, and the same features have the same colours', () => {
    const { data } = features(500, 8, 2);
    const all = tensor([500, 8], data);
    const colours = featureColours(all);
    const shades = colourFeatures(colours, all);
    expect(shades).toHaveLength(1500);
    for (let channel = 0; channel < 3; channel++) {
      const values = shades.filter((_, at) => at % 3 === channel);
      expect(Math.min(...values)).toBe(0);
      expect(Math.max(...values)).toBe(255);
    }
    const some = colourFeatures(colours, tensor([2, 8], data.slice(16, 32)));
    expect([...some]).toEqual([...shades.slice(6, 12)]);
  });

  test('features that are all alike have colours too', () => {
    const alike = tensor([4, 5], new Float32Array(20).fill(3));
    const shades = colourFeatures(featureColours(alike), alike);
    expect([...shades].every((shade) => shade === 128 || shade === 127)).toBe(true);
  });

  test('a width without three directions is a defect that names the shape', () => {
    expect(() => featureColours(tensor([4, 2], new Float32Array(8)))).toThrow('(4, 2)');
  });
});
