import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { openGeoJson } from '../masks/geojson/read.ts';
import { collected, memoryMask, randomMask } from '../masks/testing/memory-mask.ts';
import { wholeMask } from '../masks/strips.ts';
import { openImage } from '../raster/open.ts';
import { testFolder } from '../raster/testing/test-folder.ts';
import { placedGeotiff, type GeotiffPlacement } from '../testing/placed-geotiff.ts';
import type { VectorOptions, VectorOutcome } from './mask-polygons.ts';
import { nowhere, placeOf, type MaskPlace } from './place.ts';
import { geojsonOfMask } from './write-geojson.ts';

const folder = testFolder();
const size = { width: 530, height: 517 };
const classes = [
  { value: 1, name: 'Wald', colour: '#0072b2' },
  { value: 7, name: 'See "a"', colour: null },
];

const document = z.object({
  type: z.literal('FeatureCollection'),
  pixelCoordinates: z.unknown().optional(),
  features: z.array(
    z.object({
      type: z.literal('Feature'),
      properties: z.record(z.string(), z.unknown()),
      geometry: z.object({
        type: z.literal('Polygon'),
        coordinates: z.array(z.array(z.tuple([z.number(), z.number()]))),
      }),
    }),
  ),
});

async function written(
  pixels: Uint8Array,
  image: { width: number; height: number },
  place: MaskPlace,
  options: VectorOptions = {},
) {
  let outcome: VectorOutcome | undefined;
  const done = (result: VectorOutcome): void => {
    outcome = result;
  };
  const mask = memoryMask(pixels, image, classes);
  const bytes = await collected(geojsonOfMask(mask, place, { ...options, done }));
  return { bytes, outcome, json: document.parse(JSON.parse(bytes.toString('utf8'))) };
}

const areaOf = (ring: readonly (readonly [number, number])[]): number =>
  ring.reduce((sum, [x, y], at) => {
    const [nextX, nextY] = ring[at + 1] ?? [x, y];
    return sum + (x * nextY - nextX * y) / 2;
  }, 0);

describe('polygons that are read back', () => {
  it.each<[string, GeotiffPlacement]>([
    ['degrees', { code: 4326, transform: [1e-5, 0, 8.5, 0, -7e-6, 47.1] }],
    ['a zone of UTM', { code: 32632, transform: [0.25, 0, 468_000.5, 0, -0.25, 5_216_000.25] }],
    [
      'a transform that turns',
      { code: 32733, transform: [0.6, 0.8, 301_000, 0.8, -0.6, 8_002_000] },
    ],
    ['a transform that turns over', { code: 3857, transform: [2, 0, 1e6, 0, 2, 6e6] }],
  ])('are the same mask: %s', async (name, placed) => {
    const pixels = randomMask(name.length, size, [0, 1, 7, 255]);
    const path = await folder.file(`${name}.tif`, placedGeotiff(size, placed));
    const image = await openImage(path);
    const { bytes, json } = await written(pixels, size, placeOf(image.header));
    await image.close();
    for (const { geometry } of json.features) {
      expect(geometry.coordinates.map((ring) => areaOf(ring) > 0)).toEqual(
        geometry.coordinates.map((_, at) => at === 0),
      );
      for (const ring of geometry.coordinates) expect(ring[0]).toEqual(ring.at(-1));
    }
    const labels = await folder.file(`${name}.geojson`, bytes);
    const request = { path: labels, folder: folder.path, found: [], property: 'class' };
    const source = await openGeoJson(request);
    const read = await source.maskFor({ name: `${name}.tif`, path, ...size });
    if (read === undefined) throw new Error('nothing lies on the image');
    const values = new Map(source.classes.map((one) => [one.value, one.name]));
    const names = new Map(classes.map((one) => [one.value, one.name]));
    const found = Array.from(await wholeMask(read), (value) => values.get(value) ?? null);
    expect(found).toEqual(Array.from(pixels, (value) => names.get(value) ?? null));
  });
});

describe('features', () => {
  const drawn = Uint8Array.from([1, 1, 0, 7, 1, 0, 255, 9]);
  const small = { width: 4, height: 2 };

  it('state class, value, pixels, and the area if it is known', async () => {
    const metres: MaskPlace = {
      geo: { crs: 'EPSG:32632', transform: [2, 0, 5e5, 0, -3, 5e6] },
      spacing: null,
    };
    const { json, outcome } = await written(drawn, small, metres);
    expect(json.features.map(({ properties }) => properties)).toEqual([
      { class: 'See "a"', value: 7, pixels: 1, area_m2: 6 },
      { class: 'Wald', value: 1, pixels: 3, area_m2: 18 },
      { class: 'class 9', value: 9, pixels: 1, area_m2: 6 },
    ]);
    expect(json).not.toHaveProperty('pixelCoordinates');
    expect(outcome).toEqual({ polygons: 3, dropped: { regions: 0, pixels: 0 }, notes: [] });
  });

  it('without a georeference are in pixels, and state it', async () => {
    const { json, outcome } = await written(drawn, small, {
      geo: null,
      spacing: { x: 0.5, y: 2, unit: 'mm' },
    });
    expect(json.pixelCoordinates).toMatchObject({ y: 'down', ...small });
    const [first, wald] = json.features;
    expect(first?.properties).toEqual({ class: 'See "a"', value: 7, pixels: 1, area_mm2: 1 });
    expect(new Set(wald?.geometry.coordinates[0]?.map(String))).toEqual(
      new Set(['0,0', '2,0', '2,1', '1,1', '1,2', '0,2']),
    );
    expect(outcome?.notes.join()).toMatch(/pixels from its upper left corner/);
  });

  it('are fewer if small regions are left out, which is reported', async () => {
    const { json, outcome } = await written(drawn, small, nowhere, { smallest: 2 });
    expect(json.features).toHaveLength(1);
    expect(outcome).toMatchObject({ polygons: 1, dropped: { regions: 2, pixels: 2 } });
    expect(outcome?.notes.at(-1)).toBe('2 regions have fewer than 2 pixels and were left out.');
  });

  it('have fewer corners with a tolerance', async () => {
    const side = 40;
    const round = Uint8Array.from({ length: side * side }, (_, at) =>
      Math.hypot((at % side) - 20, Math.floor(at / side) - 20) < 18 ? 1 : 0,
    );
    const corners = async (tolerance: number): Promise<number> => {
      const { json } = await written(round, { width: side, height: side }, nowhere, { tolerance });
      return json.features[0]?.geometry.coordinates[0]?.length ?? 0;
    };
    expect(await corners(1)).toBeLessThan((await corners(0)) / 3);
  });

  it('are an empty collection if there are none', async () => {
    expect((await written(new Uint8Array(8), small, nowhere)).json.features).toEqual([]);
  });

  it('that cross the 180th meridian are reported', async () => {
    const geo = { crs: 'EPSG:4326', transform: [1, 0, 179, 0, -1, 10] } as const;
    const { outcome } = await written(drawn, small, { geo, spacing: null });
    expect(outcome?.notes.join()).toMatch(/180th meridian/);
  });

  it('of an unknown system are refused, with formats that keep it', async () => {
    const geo = { crs: 'a projection without a name', transform: [1, 0, 0, 0, -1, 0] } as const;
    await expect(written(drawn, small, { geo, spacing: null })).rejects.toMatchObject({
      code: 'unsupported',
      message: expect.stringMatching(/Export as GeoPackage/) as string,
    });
  });

  it('stop when cancelled', async () => {
    const signal = AbortSignal.abort(new Error('enough'));
    await expect(written(drawn, small, nowhere, { signal })).rejects.toThrow('enough');
  });
});
