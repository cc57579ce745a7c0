import { describe, expect, it } from 'vitest';
import { areaScale, cellArea, wgs84 } from './ellipsoid.ts';

const right = Math.PI / 2;

describe('cells of an ellipsoid', () => {
  it('add up to its surface', () => {
    // 2π a² + π b²/e · ln((1+e)/(1−e)), with the axes and e of WGS 84 (NGA.STND.0036).
    const [a, b] = [6378137, 6356752.314245];
    const e = Math.sqrt(1 - (b * b) / (a * a));
    const surface = 2 * Math.PI * a * a + ((Math.PI * b * b) / e) * Math.log((1 + e) / (1 - e));
    const bands = Array.from({ length: 18 }, (_, at) =>
      cellArea(
        wgs84,
        -right + (at * Math.PI) / 18,
        -right + ((at + 1) * Math.PI) / 18,
        2 * Math.PI,
      ),
    );
    const sum = bands.reduce((total, band) => total + band, 0);
    expect(Math.abs(sum / surface - 1)).toBeLessThan(1e-12);
  });

  it('of a sphere are r² Δλ (sin φ₂ − sin φ₁), whichever way round', () => {
    const sphere = { axis: 10, eccentricity2: 0 };
    expect(cellArea(sphere, 0, Math.PI / 6, 0.5)).toBeCloseTo(25, 10);
    expect(cellArea(sphere, Math.PI / 6, 0, -0.5)).toBeCloseTo(25, 10);
  });

  it.each([-1.2, 0, 0.8, 1.5])('have the local scale if they are small: %d', (latitude) => {
    const step = 1e-4;
    const cell = cellArea(wgs84, latitude - step / 2, latitude + step / 2, step);
    expect(Math.abs(cell / (areaScale(wgs84, latitude) * step * step) - 1)).toBeLessThan(1e-6);
  });
});
