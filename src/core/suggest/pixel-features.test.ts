import { describe, expect, it } from 'vitest';
import { mirroredIndex } from '../image/raster.ts';
import { featureBytes, featureCount } from './feature-bytes.ts';
import type { Plane } from './gaussian.ts';
import { gradientLength, hessianEigenvalues, pixelFeatures } from './pixel-features.ts';
import { drawScene } from './testing/scenes.ts';
import { halved, cropMirrored, withoutEqualBands } from './window.ts';

function planeOf(side: number, value: (x: number, y: number) => number): Plane {
  const data = Float32Array.from({ length: side * side }, (_, at) =>
    value(at % side, Math.floor(at / side)),
  );
  return { width: side, height: side, data };
}

/** Middle value of a plane of 21 × 21. */
const middle = 10 * 21 + 10;

describe('features of pixels', () => {
  it('the gradient of a ramp is its slope, times σ', () => {
    const { data } = gradientLength(
      planeOf(21, (x, y) => 0.03 * x - 0.04 * y),
      2,
    );
    expect(data[middle]).toBeCloseTo(0.1, 6);
  });

  it('the Hessian of a turned paraboloid has its curvatures, times σ²', () => {
    // a(x cos t + y sin t)² + b(−x sin t + y cos t)² has the second derivatives 2a and 2b.
    const [cos, sin] = [Math.cos(0.5), Math.sin(0.5)];
    const [greater, lesser] = hessianEigenvalues(
      planeOf(21, (column, row) => {
        const [x, y] = [column - 10, row - 10];
        return 0.01 * (x * cos + y * sin) ** 2 - 0.02 * (y * cos - x * sin) ** 2;
      }),
      3,
    );
    expect(greater.data[middle]).toBeCloseTo(9 * 0.02, 5);
    expect(lesser.data[middle]).toBeCloseTo(9 * -0.04, 5);
  });

  it('the deviation of a chequerboard is its height', () => {
    const flat = { width: 64, height: 64, channels: 1, data: new Uint8Array(64 * 64) };
    // A chequerboard of ±51: its Gaussian is constant, so all of it is deviation.
    flat.data.forEach((_, at) => {
      flat.data[at] = (at + Math.floor(at / 64)) % 2 ? 153 : 51;
    });
    const planes = pixelFeatures(flat);
    expect(planes).toHaveLength(featureCount(1));
    expect(planes.at(-1)?.data[32 * 64 + 32]).toBeCloseTo(0.2, 3);
    expect(planes.at(-2)?.data[32 * 64 + 32]).toBeCloseTo(0, 3);
  });

  it('a pixel has the same bytes in any rectangle', () => {
    const { image } = drawScene('fields', 128, 2);
    const whole = featureBytes(image, { x: 0, y: 0, width: 128, height: 128 });
    const part = featureBytes(image, { x: 70, y: 100, width: 40, height: 28 });
    expect(whole.features).toBe(featureCount(3));
    for (let feature = 0; feature < part.features; feature++) {
      for (let at = 0; at < part.pixels; at++) {
        const there = (100 + Math.floor(at / 40)) * 128 + 70 + (at % 40);
        expect(part.data[feature * part.pixels + at]).toBe(
          whole.data[feature * whole.pixels + there],
        );
      }
    }
  });

  it('bytes follow the features: bands in 1/255, the rest by the signed root of twice its value', () => {
    const { image } = drawScene('fields', 64, 3);
    const planes = pixelFeatures(image);
    const bytes = featureBytes(image, { x: 0, y: 0, width: 64, height: 64 });
    planes.forEach(({ data }, feature) => {
      const isBand = feature % 7 < 3;
      // Away from the edges, beyond which a rectangle is mirrored before smoothing.
      for (let at = 20 * 64 + 20; at < 40 * 64; at += 7) {
        const value = data[at] ?? 0;
        const expected = isBand
          ? value * 255
          : 128 + Math.sign(value) * Math.min(127, 127 * Math.sqrt(2 * Math.abs(value)));
        expect(Math.abs((bytes.data[feature * 4096 + at] ?? 0) - expected)).toBeLessThan(0.52);
      }
    });
  });
});

describe('windows', () => {
  it('mirror pixels beyond an edge', () => {
    expect([-3, -2, -1, 0, 1, 2, 3, 4, 5].map((at) => mirroredIndex(at, 3))).toEqual([
      2, 1, 0, 0, 1, 2, 2, 1, 0,
    ]);
    const image = { width: 2, height: 2, channels: 1, data: Uint8Array.of(1, 2, 3, 4) };
    const { data } = cropMirrored(image, { x: -1, y: 1, width: 4, height: 2 });
    expect([...data]).toEqual([3, 3, 4, 4, 3, 3, 4, 4]);
  });

  it('halving takes means, at an odd edge of the existing pixels', () => {
    const image = { width: 3, height: 2, channels: 1, data: Uint8Array.of(0, 10, 7, 20, 30, 9) };
    expect(halved(image)).toEqual({ width: 2, height: 1, channels: 1, data: Uint8Array.of(15, 8) });
  });

  it('three equal bands become one, others stay', () => {
    const grey = { width: 2, height: 1, channels: 3, data: Uint8Array.of(5, 5, 5, 9, 9, 9) };
    expect(withoutEqualBands(grey).data).toEqual(Uint8Array.of(5, 9));
    const colour = { ...grey, data: Uint8Array.of(5, 5, 5, 9, 9, 8) };
    expect(withoutEqualBands(colour)).toBe(colour);
  });
});
