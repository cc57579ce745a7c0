import proj4 from 'proj4';
import definitions from 'proj4-list';
import { expect, it } from 'vitest';
import { epsgWkt } from './epsg-wkt.ts';

it.each([
  [4326, 10, 50],
  [4258, 10, 50],
  [32632, 9.5, 47],
  [32733, 15.5, -20],
  [25832, 9.5, 47],
  [3035, 12, 48],
  [2263, -74, 40.7],
  [5070, -100, 40],
])('describes EPSG:%i with the same positions', (code, longitude, latitude) => {
  const wkt = epsgWkt(code) ?? '';
  const wanted = proj4(definitions[`EPSG:${code}`]?.[1] ?? '').forward([longitude, latitude]);
  const found = proj4(wkt).forward([longitude, latitude]);
  const scale = wkt.startsWith('GEOGCS') ? 1e-9 : 1e-3;
  for (const [at, value] of found.entries()) {
    expect(Math.abs(value - (wanted[at] ?? NaN))).toBeLessThan(scale);
  }
});

it.each([2180, 3857, 3973, 31467, 999_999])('leaves EPSG:%i to its code', (code) => {
  expect(epsgWkt(code)).toBeNull();
});
