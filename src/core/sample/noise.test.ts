import { describe, expect, it } from 'vitest';
import { Random } from '../random.ts';
import { coarse, makeNoise, makeTerrain, plane, warped } from './noise.ts';

function moments(values: Float32Array): { mean: number; deviation: number } {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const square = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length;
  return { mean, deviation: Math.sqrt(square) };
}

describe('makeNoise', () => {
  it.each([1, 2, 4])('keeps its mean and deviation with %i octaves', (octaves) => {
    const noise = makeNoise(new Random(1), { scale: 4, octaves });
    const { mean, deviation } = moments(plane(256, noise));
    expect(Math.abs(mean)).toBeLessThan(0.03);
    expect(deviation).toBeGreaterThan(0.3);
    expect(deviation).toBeLessThan(0.5);
  });

  it('is continuous across its lattice', () => {
    const noise = makeNoise(new Random(2), { scale: 3 });
    for (let x = 0; x < 60; x += 0.01)
      expect(Math.abs(noise(x + 0.01, 7.3) - noise(x, 7.3))).toBeLessThan(0.02);
  });

  it('is stretched along its direction', () => {
    const noise = makeNoise(new Random(3), { scale: 3, along: { x: 0, y: 1 }, stretch: 6 });
    let across = 0;
    let along = 0;
    for (let step = 0; step < 400; step++) {
      const x = step * 1.7;
      across += Math.abs(noise(x + 1, x) - noise(x, x));
      along += Math.abs(noise(x, x + 1) - noise(x, x));
    }
    expect(across).toBeGreaterThan(3 * along);
  });

  it('makes another field from another seed', () => {
    const fields = [4, 5].map((seed) => plane(8, makeNoise(new Random(seed), { scale: 4 })));
    expect(fields[0]).not.toEqual(fields[1]);
  });
});

describe('coarse', () => {
  it('is the field itself if that is a plane, margins included', () => {
    const field = coarse(32, (x, y) => 2 * x - 3 * y + 1);
    for (const [x, y] of [
      [-3.5, -2],
      [0, 0],
      [13.3, 9.9],
      [34.5, 35],
    ] as const)
      expect(field(x, y)).toBeCloseTo(2 * x - 3 * y + 1, 4);
  });
});

describe('warped', () => {
  it('reads the field no farther away than the displacements reach', () => {
    const field = warped(new Random(6), 64, (x) => x, 16, 5);
    const pushes = plane(64, (x, y) => field(x, y) - x);
    expect(moments(pushes).deviation).toBeGreaterThan(0.5);
    for (const push of pushes) expect(Math.abs(push)).toBeLessThan(10);
  });
});

describe('makeTerrain', () => {
  it('finds the slope of a plane', () => {
    const { heights, slopes } = makeTerrain(8, (x, y) => 3 * x + 4 * y, { x: 0.6, y: 0.8 });
    expect(heights[8 * 2 + 5]).toBeCloseTo(3 * 5 + 4 * 2);
    for (const slope of slopes) expect(slope).toBeCloseTo(5);
  });
});
