import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { defaultLimits, type ImageFile } from '../../src/formats/raster/image-file.ts';
import { rasterStatistics } from '../../src/formats/raster/statistics.ts';
import { openTiff } from '../../src/formats/raster/tiff/open-tiff.ts';

/** GeoTIFF files, with the values that rasterio reads. They are next to the project, not in it. */
const folder = fileURLToPath(new URL('../../../shared/data/geotiff/', import.meta.url));
const absent = !existsSync(`${folder}expected.json`);
const reason = absent ? ' (skipped: ../shared/data/geotiff is not beside the project)' : '';

const expectedSchema = z.record(
  z.string(),
  z.object({
    shape: z.tuple([z.number(), z.number(), z.number()]),
    dtype: z.string(),
    min: z.number(),
    max: z.number(),
    mean: z.number(),
    crs: z.string().nullable(),
    transform: z.array(z.number()),
    nodata: z.string().nullable(),
  }),
);

const expectations = absent
  ? {}
  : expectedSchema.parse(JSON.parse(readFileSync(`${folder}expected.json`, 'utf8')));

function expectNear(actual: number, expected: number, relative: number): void {
  expect(Math.abs(actual - expected)).toBeLessThanOrEqual(relative * Math.abs(expected));
}

/** Names of systems, projections, parameters and units with their numbers, in any order. */
function wktParts(wkt: string): { names: string[]; parameters: Record<string, number> } {
  const parameters = [...wkt.matchAll(/PARAMETER\["(\w+)",([-\d.]+)\]/g)];
  return {
    names: [...wkt.matchAll(/(?:PROJCS|PROJECTION)\["([^"]+)"/g)].map(([, name = '']) => name),
    parameters: Object.fromEntries(
      parameters.map(([, name = '', value = '']) => [name.toLowerCase(), Number(value)]),
    ),
  };
}

describe.skipIf(absent)(`GeoTIFF files as rasterio reads them${reason}`, () => {
  describe.each(Object.entries(expectations))('%s', (name, expected) => {
    let file: ImageFile;
    beforeAll(async () => {
      file = await openTiff(folder + name, defaultLimits);
    });
    afterAll(() => file.close());

    test('has the same shape and type', () => {
      const { bands, height, width, sampleType, frames } = file.header;
      expect([bands, height, width]).toEqual(expected.shape);
      expect(sampleType).toBe(expected.dtype);
      expect(frames).toBe(1);
    });

    test('has the same values', async () => {
      const { min, max, mean, count } = await rasterStatistics(file);
      expect({ min, max }).toEqual({ min: expected.min, max: expected.max });
      expectNear(mean, expected.mean, 1e-12);
      expect(count).toBe(expected.shape.reduce((product, side) => product * side));
    });

    test('has the same position on Earth', () => {
      const { geo } = file.header;
      expect(geo?.transform).toHaveLength(6);
      for (const [i, value] of expected.transform.entries()) {
        expectNear(geo?.transform[i] ?? NaN, value, 1e-9);
      }
    });

    test('has the same coordinate system', () => {
      const crs = file.header.geo?.crs ?? null;
      const hasCode = expected.crs === null || expected.crs.startsWith('EPSG:');
      if (hasCode) {
        expect(crs).toBe(expected.crs);
      } else if (expected.crs?.startsWith('PROJCS') === true) {
        expect(wktParts(crs ?? '')).toEqual(wktParts(expected.crs));
      } else {
        // A code of Esri's, which PROJ finds by the name in the file's WKT.
        expect(expected.crs).toBe('ESRI:102039');
        const { names, parameters } = wktParts(crs ?? '');
        expect(names[0]).toBe('USA_Contiguous_Albers_Equal_Area_Conic_USGS_version');
        expect(parameters).toMatchObject({ standard_parallel_1: 29.5, standard_parallel_2: 45.5 });
      }
    });

    test('has the same nodata value', () => {
      const { nodata } = file.header;
      expect(nodata).toBe(expected.nodata === null ? null : Number(expected.nodata));
    });
  });

  test('has the same smaller copies inside a cloud-optimised file', async () => {
    const file = await openTiff(`${folder}cogeo.tif`, defaultLimits);
    expect(file.header.levels.map(({ width }) => width)).toEqual([1024, 512, 256, 128, 64, 32, 16]);
    const means: number[] = [];
    for (const level of file.header.levels.keys()) {
      const { data } = await file.read({ level });
      let sum = 0;
      for (const value of data) sum += value;
      means.push(sum / data.length);
    }
    await file.close();
    for (const mean of means) expect(Math.abs(mean - (means[0] ?? NaN))).toBeLessThan(3);
  });
});
