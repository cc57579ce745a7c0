import { describe, expect, it } from 'vitest';
import { geodesicDistance, haversineDistance } from './geodesic.ts';
import { aspectOf, coordinates, distance, scaleBar, writtenLength } from './measure.ts';
import { viewedImage } from '../testing.ts';

const origin = { x: 0, y: 0 };

describe('distance on Earth', () => {
  // Reference by Karney's algorithm: geographiclib 2.1 of PyPI, `Geodesic.WGS84.Inverse(...)['s12']`.
  it.each([
    [8.5417, 47.3769, 8.6753, 50.1109, 304_192.364_764_522_64],
    [0, 0, 0, 1, 110_574.388_557_798_78],
    [0, 0, 1, 0, 111_319.490_793_273_57],
    [-74.006, 40.7128, -0.1278, 51.5074, 5_585_233.578_931_3],
    [7, 51, 7.001, 51.0005, 89.563_977_323_169_96],
    [151.2093, -33.8688, 174.7633, -36.8485, 2_160_508.809_017_820_3],
    [30, 89.9, -150, 89.9, 22_338.795_682_520_195],
  ])('from (%d, %d) to (%d, %d)', (fromX, fromY, toX, toY, metres) => {
    const from = { longitude: fromX, latitude: fromY };
    const to = { longitude: toX, latitude: toY };
    expect(geodesicDistance(from, to)).toBeCloseTo(metres, 3);
    expect(geodesicDistance(to, from)).toBeCloseTo(metres, 3);
    // The sphere's error is half a percent at most.
    expect(Math.abs(haversineDistance(from, to) / metres - 1)).toBeLessThan(0.006);
  });

  it('is 0 from a place to itself, and over 20,000 km to its antipode', () => {
    const here = { longitude: 10, latitude: 0 };
    expect(geodesicDistance(here, here)).toBe(0);
    expect(geodesicDistance(here, { longitude: -170, latitude: 0 })).toBeGreaterThan(2e7);
  });
});

describe('distance', () => {
  it('knows pixels that are longer one way', () => {
    const image = viewedImage({ spacing: { x: 0.5, y: 2, unit: 'mm' } });
    expect(distance(origin, { x: 6, y: 2 }, image)).toEqual({ value: 5, unit: 'mm' });
    expect(aspectOf(image)).toBe(4);
  });

  it('is in pixels if the pixel size is unknown', () => {
    expect(distance(origin, { x: 3, y: 4 }, viewedImage())).toEqual({ value: 5, unit: 'px' });
    expect(aspectOf(viewedImage())).toBe(1);
  });

  it('follows Earth where pixels are degrees', () => {
    const image = viewedImage({
      spacing: { x: 0.001, y: 0.001, unit: 'degree' },
      geo: { transform: [0.001, 0, 7, 0, -0.001, 51], crs: 'EPSG:4326' },
    });
    const found = distance(origin, { x: 1, y: -0.5 }, image);
    expect(found.unit).toBe('m');
    expect(found.value).toBeCloseTo(89.563_977_323_17, 3);
  });

  it('corrects the scale of Web Mercator', () => {
    const radius = 6_378_137;
    const at = (longitude: number, latitude: number): [number, number] => [
      (radius * longitude * Math.PI) / 180,
      radius * Math.asinh(Math.tan((latitude * Math.PI) / 180)),
    ];
    const [left, top] = at(7, 51);
    const [right, up] = at(7.001, 51.0005);
    const image = viewedImage({
      spacing: { x: 1, y: 1, unit: 'm' },
      geo: { transform: [1, 0, left, 0, -1, top], crs: 'EPSG:3857' },
    });
    expect(distance(origin, { x: right - left, y: top - up }, image).value).toBeCloseTo(
      89.563_977_323_17,
      3,
    );
  });
});

it('gives coordinates by the affine', () => {
  const image = viewedImage({ geo: { transform: [10, 1, 500, 2, -10, 900], crs: null } });
  expect(coordinates({ x: 3, y: 4 }, image)).toEqual({ x: 534, y: 866 });
});

describe('scaleBar', () => {
  const mm = { value: 0.7, unit: 'mm' } as const;

  it('is 1, 2 or 5 times a power of ten, as long as fits, at every scale', () => {
    for (let scale = 1e-4; scale < 1e4; scale *= 1.37) {
      const bar = scaleBar(mm, scale, 160);
      if (bar === null) throw new Error('no bar');
      expect(bar.width).toBeLessThanOrEqual(160 * (1 + 1e-6));
      expect(bar.width).toBeGreaterThan(160 / 2.51);
      const digits = bar.length.value / 10 ** Math.floor(Math.log10(bar.length.value * (1 + 1e-9)));
      expect([1, 2, 5].some((step) => Math.abs(step - digits) < 1e-6)).toBe(true);
      expect((bar.width / scale) * 0.7).toBeCloseTo(bar.length.value, 6);
    }
  });

  it('is none in pixels', () => {
    expect(scaleBar({ value: 1, unit: 'px' }, 1, 160)).toBeNull();
  });
});

it.each([
  [0.0004, 'mm', 0.4, 'µm'],
  [0.5, 'mm', 500, 'µm'],
  [80, 'mm', 80, 'mm'],
  [12_000, 'mm', 12, 'm'],
  [0.25, 'm', 25, 'cm'],
  [340, 'm', 340, 'm'],
  [12_500, 'm', 12.5, 'km'],
  [7, 'px', 7, 'px'],
] as const)('writes %d %s in a readable unit', (value, unit, written, writtenUnit) => {
  const found = writtenLength({ value, unit });
  expect(found.value).toBeCloseTo(written, 9);
  expect(found.unit).toBe(writtenUnit);
});
