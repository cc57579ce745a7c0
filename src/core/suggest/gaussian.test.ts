import { describe, expect, it } from 'vitest';
import { gaussian, gaussianKernel } from './gaussian.ts';
import type { Plane } from './gaussian.ts';

function planeOf(width: number, height: number, value: (x: number, y: number) => number): Plane {
  const data = Float32Array.from({ length: width * height }, (_, at) =>
    value(at % width, Math.floor(at / width)),
  );
  return { width, height, data };
}

describe('gaussian', () => {
  it.each([1, 2, 3.5])('makes the kernel of an impulse, σ %d', (sigma) => {
    const [width, height] = [41, 37];
    const impulse = planeOf(width, height, (x, y) => (x === 20 && y === 18 ? 1 : 0));
    const { data } = gaussian(impulse, sigma);
    const kernel = gaussianKernel(sigma);
    for (const [x, y] of [
      [20, 18],
      [22, 18],
      [19, 21],
      [20, 15],
    ] as const) {
      const expected = (kernel[Math.abs(x - 20)] ?? 0) * (kernel[Math.abs(y - 18)] ?? 0);
      expect(data[y * width + x]).toBeCloseTo(expected, 6);
    }
    expect(data.reduce((sum, value) => sum + value, 0)).toBeCloseTo(1, 5);
  });

  it('has the requested variance, except for the part beyond three deviations', () => {
    const kernel = gaussianKernel(4);
    const variance = kernel.reduce(
      (sum, weight, distance) => sum + 2 * weight * distance * distance,
      0,
    );
    expect(Math.sqrt(variance)).toBeGreaterThan(3.85);
    expect(Math.sqrt(variance)).toBeLessThan(4);
  });

  it('preserves constants, even at the edges, and a ramp except there', () => {
    const even = gaussian(
      planeOf(9, 5, () => 0.3),
      4,
    );
    for (const value of even.data) expect(value).toBeCloseTo(0.3, 6);
    const ramp = gaussian(
      planeOf(60, 7, (x) => x / 60),
      2,
    );
    for (let x = 10; x < 50; x++) expect(ramp.data[3 * 60 + x]).toBeCloseTo(x / 60, 5);
  });

  // scipy 1.17.1: gaussian_filter(mode='reflect', truncate=3) of ((7x + 13y + xy) mod 17) / 17 on 7 × 5 px.
  it.each([
    [1, [0.312875, 0.397416, 0.394575, 0.404008, 0.347011, 0.386192]],
    [2, [0.40803, 0.429751, 0.438482, 0.436703, 0.420943, 0.405858]],
  ])('agrees with scipy, σ %d', (sigma, expected) => {
    const plane = planeOf(7, 5, (x, y) => ((7 * x + 13 * y + x * y) % 17) / 17);
    const { data } = gaussian(plane, sigma);
    expect(data.length).toBe(35);
    expected.forEach((value, index) => {
      expect(data[index * 6]).toBeCloseTo(value, 5);
    });
  });
});
