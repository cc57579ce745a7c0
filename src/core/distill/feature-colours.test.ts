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
  test('use the directions of the largest variance, in order and orthonormal, as axes', () => {
    const { data, axes } = features(2000, 8, 1);
    const colours = featureColours(tensor([2000, 8], data));
    expect(colours.axes.map((axis) => axis.findIndex((part) => Math.abs(part) > 0.99))).toEqual(
      axes,
    );
    for (const [index, one] of colours.axes.entries()) {
      for (const [other, two] of colours.axes.entries()) {
        const product = one.reduce((sum, value, at) => sum + value * (two[at] ?? 0), 0);
        expect(product).toBeCloseTo(index === other ? 1 : 0, 10);
      }
    }
  });

  test('are bright for rare features', () => {
    const data = Float32Array.from({ length: 300 }, (_, at) => (at % 3 === 1 && at < 30 ? -9 : 0));
    const colours = featureColours(tensor([100, 3], data));
    const [rare = 0, , , ...others] = colourFeatures(colours, tensor([100, 3], data));
    expect(rare).toBeGreaterThan(others.at(-1) ?? 255);
  });

  test('show the first axis as lightness, and the same features alike', () => {
    const { data } = features(500, 8, 2);
    const all = tensor([500, 8], data);
    const colours = featureColours(all);
    const shades = colourFeatures(colours, all);
    expect(shades).toHaveLength(1500);
    const light = (row: number): number =>
      shades.subarray(3 * row, 3 * row + 3).reduce((sum, shade) => sum + shade, 0);
    const rows = Array.from({ length: 500 }, (_, row) => row);
    const sign = Math.sign(colours.axes[0]?.[4] ?? 0);
    const byFirst = rows.toSorted(
      (a, b) => sign * ((data[8 * a + 4] ?? 0) - (data[8 * b + 4] ?? 0)),
    );
    const mean = (some: number[]): number =>
      some.reduce((sum, row) => sum + light(row), 0) / some.length / 3;
    expect(mean(byFirst.slice(0, 50))).toBeLessThan(70);
    expect(mean(byFirst.slice(-50))).toBeGreaterThan(170);
    const some = colourFeatures(colours, tensor([2, 8], data.slice(16, 32)));
    expect([...some]).toEqual([...shades.slice(6, 12)]);
  });

  test('exist even if all features are alike', () => {
    const alike = tensor([4, 5], new Float32Array(20).fill(3));
    const shades = colourFeatures(featureColours(alike), alike);
    // The middle of OKLab's ranges is a grey: L 0.55, whose cube is 0.166 of white's light.
    const grey = Math.round(255 * (1.055 * 0.55 ** (3 / 2.4) - 0.055));
    expect(new Set(shades)).toEqual(new Set([grey]));
  });

  test('report a width without three directions as a bug, with the shape', () => {
    expect(() => featureColours(tensor([4, 2], new Float32Array(8)))).toThrow('(4, 2)');
  });
});
