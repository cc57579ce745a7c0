import { describe, expect, it } from 'vitest';
import { testFolder } from '../../raster/testing/test-folder.ts';
import { pngFile } from '../../testing/image-fixtures.ts';
import { layeredMask } from '../layers.ts';
import { drawingBudget } from '../work-budget.ts';
import { projectionBetween } from '../polygons/crs.ts';
import { openGeoJson } from './read.ts';
import { ringShape } from '../polygons/rings.ts';

const folder = testFolder();
const square = [
  [
    [0, 0],
    [1, 0],
    [1, 1],
    [0, 0],
  ],
];
const feature = {
  type: 'Feature',
  properties: { kind: 'a' },
  geometry: { type: 'Polygon', coordinates: square as unknown },
};

let count = 0;
const open = async (
  content: unknown,
  property: string | null = 'kind',
): ReturnType<typeof openGeoJson> => {
  const text = typeof content === 'string' ? content : JSON.stringify(content);
  const path = await folder.file(`${count++}.geojson`, Buffer.from(text));
  return openGeoJson({ path, folder: folder.path, found: [], property });
};
const collection = (...features: unknown[]): object => ({ type: 'FeatureCollection', features });
const shaped = (coordinates: unknown): object =>
  collection({ ...feature, geometry: { type: 'Polygon', coordinates } });
const within = (name: string): object => ({
  ...collection(feature),
  crs: { type: 'name', properties: { name } },
});
const nested = (depth: number): unknown =>
  depth === 0 ? feature.geometry : { type: 'GeometryCollection', geometries: [nested(depth - 1)] };

describe('faults of a GeoJSON file', () => {
  it.each([
    ['no JSON', '{"type": "FeatureCollection", "features": [NaN]}', /not valid JSON/],
    ['a geometry alone', feature.geometry, /not a FeatureCollection/],
    [
      'metres',
      shaped([
        [
          [5e5, 5e6],
          [1, 0],
          [1, 1],
          [5e5, 5e6],
        ],
      ]),
      /500000, which is not a longitude/,
    ],
    [
      'an open ring of two',
      shaped([
        [
          [0, 0],
          [1, 1],
        ],
      ]),
      /fewer than four points/,
    ],
    ['points without a place', shaped([[[0], [1, 0], [1, 1], [0, 0]]]), /not a pair of numbers/],
    [
      'numbers beyond all',
      '{"type":"FeatureCollection","features":[{"geometry":{"type":"Polygon","coordinates":[[[1e999,0],[1,0],[1,1],[1e999,0]]]}}]}',
      /not a pair of numbers/,
    ],
    [
      'a system that nobody knows',
      within('urn:made:up'),
      /unknown coordinate system \(urn:made:up\)/,
    ],
  ])('%s: it is refused', async (_, content, words) => {
    await expect(open(content)).rejects.toMatchObject({
      name: 'UserError',
      message: expect.stringMatching(words) as string,
    });
  });

  it('features without an area or a class are left out and reported', async () => {
    const point = { ...feature, geometry: { type: 'Point', coordinates: [0, 0] } };
    const source = await open(collection(feature, point, { ...feature, properties: null }));
    expect(source.classes).toMatchObject([{ name: 'a', count: 1 }]);
    expect(source.problems.map(({ reason }) => reason)).toEqual([
      expect.stringMatching(/^1 of its features are points/),
      expect.stringMatching(/^1 of its features have no kind/),
    ]);
  });

  it('nested geometries are read down to a limit', async () => {
    expect((await open(collection({ ...feature, geometry: nested(3) }))).problems).toEqual([]);
    expect((await open(collection({ ...feature, geometry: nested(30) }))).problems).toHaveLength(1);
  });

  it('an image without a geographic position gets no mask', async () => {
    const source = await open(collection(feature));
    const png = pngFile({ width: 1, height: 1, channels: 1, bits: 8, values: [0] });
    const path = await folder.file('plain.png', png);
    expect(await source.maskFor({ name: 'plain.png', path, width: 1, height: 1 })).toBeUndefined();
  });

  it('unknown coordinate systems are refused by name', () => {
    expect(() => projectionBetween('EPSG:4326', 'EPSG:1', 'a.geojson')).toThrow(/EPSG:1, as one/);
    expect(() => projectionBetween('EPSG:4326', 'PROJCS["Own thing"]', 'a')).toThrow(/Own thing/);
  });
});

describe('rings', () => {
  const size = { width: 4, height: 3 };
  const rows = async (...rings: number[][]): Promise<string[]> => {
    const shape = ringShape(
      rings.map((ring) => Float64Array.from(ring)),
      1,
      size,
    );
    const tile = await layeredMask(size, [], shape ? [shape] : [], drawingBudget(size, 'a')).tile(
      0,
      0,
    );
    return [0, 1, 2].map((y) =>
      (tile ?? new Uint8Array(2048)).slice(y * 512, y * 512 + 4).join(''),
    );
  };

  it('fill the pixels whose centre is inside', async () => {
    expect(await rows([0.6, 0, 2.6, 0, 2.6, 2, 0.6, 2])).toEqual(['0110', '0110', '0000']);
  });
  it('leave out holes and areas that they enclose twice', async () => {
    expect(await rows([0, 0, 4, 0, 4, 3, 0, 3], [1, 1, 3, 1, 3, 2, 1, 2])).toEqual([
      '1111',
      '1001',
      '1111',
    ]);
  });
  it('may be anywhere', async () => {
    expect(await rows([-1e300, -5, 1e300, -5, 1e300, 9, -1e300, 9])).toEqual([
      '1111',
      '1111',
      '1111',
    ]);
    expect(await rows([90, 90, 91, 90, 91, 91])).toEqual(['0000', '0000', '0000']);
  });
});
