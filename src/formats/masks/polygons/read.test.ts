import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import Database from 'better-sqlite3';
import { describe, expect, it } from 'vitest';
import { pngFile } from '../../testing/image-fixtures.ts';
import { findImages } from '../../image-folder.ts';
import { temporaryFolder } from '../../../store/testing/temporary-store.ts';
import { placedGeotiff } from '../../testing/placed-geotiff.ts';
import { writeGeoPackage } from '../../vector/write-geopackage.ts';
import { detectMaskSources } from '../detect.ts';
import type { MaskSource } from '../mask-source.ts';
import { openMaskSource } from '../open-source.ts';
import { wholeMask } from '../strips.ts';
import { memoryMask } from '../testing/memory-mask.ts';

type Files = Readonly<Record<string, string | Uint8Array>>;

const size = { width: 4, height: 2 };
/** Image at 500000 m east, 5000000 m north, with pixels of 10 m. */
const scene = (east: number): Buffer =>
  placedGeotiff(size, { code: 32632, transform: [10, 0, 500_000 + east, 0, -10, 5_000_000] });
const photo = pngFile({ ...size, channels: 1, bits: 8, values: [1, 2, 3, 4, 5, 6, 7, 8] });

/** A box from one column to another of a scene, over both of its rows. */
function box(east: number, from: number, to: number, properties: object): object {
  const [left, right] = [from, to].map((column) => 500_000 + east + 10 * column);
  const [bottom, top] = [4_999_980, 5_000_000];
  const coordinates = [
    [
      [left, bottom],
      [right, bottom],
      [right, top],
      [left, top],
      [left, bottom],
    ],
  ];
  return { type: 'Feature', properties, geometry: { type: 'Polygon', coordinates } };
}

const collection = (features: readonly object[], more: object = {}): string =>
  JSON.stringify({
    type: 'FeatureCollection',
    crs: { type: 'name', properties: { name: 'EPSG:32632' } },
    ...more,
    features,
  });
const own = (name: string, value: number): object => ({ class: name, value, pixels: 1 });

async function opened(
  files: Files,
  property: string | null = null,
): Promise<{ source: MaskSource; masks: Record<string, string>; reasons: string[] }> {
  const folder = temporaryFolder();
  for (const [name, content] of Object.entries(files)) {
    await mkdir(dirname(join(folder, name)), { recursive: true });
    await writeFile(join(folder, name), content);
  }
  const found = await findImages(folder);
  const sources = await detectMaskSources(folder, found);
  expect(sources).toHaveLength(1);
  const { kind = 'file', path = '' } = sources[0] ?? {};
  const source = await openMaskSource(kind, { path, folder, found, property });
  const masks: Record<string, string> = {};
  for (const image of found) {
    const mask = await source.maskFor({ ...image, ...size }).catch((error: unknown) => error);
    if (mask instanceof Error) masks[image.name] = mask.message.replaceAll(folder, '');
    else if (mask !== undefined) {
      masks[image.name] = (await wholeMask(mask as Parameters<typeof wholeMask>[0])).join('');
    }
  }
  const reasons = source.problems.map(({ path: file, reason }) =>
    `${file}: ${reason}`.replaceAll(folder, ''),
  );
  return { source, masks, reasons };
}

describe('several GeoJSON files', () => {
  it('each belong to the image with their name, even if another image overlaps', async () => {
    const { source, masks, reasons } = await opened({
      'a.tif': scene(0),
      'b.tif': scene(20),
      'masks/a.geojson': collection([box(0, 0, 3, own('wood', 1))]),
      'masks/b.geojson': collection([box(20, 0, 1, own('lake', 2))]),
    });
    expect(reasons).toEqual([]);
    expect([source.property, source.classes.map(({ name }) => name)]).toEqual([
      'class',
      ['wood', 'lake'],
    ]);
    expect(masks).toEqual({ 'a.tif': '11101110', 'b.tif': '20002000' });
  });

  it('are placed on all images if no image has their names', async () => {
    const { masks } = await opened(
      {
        'a.tif': scene(0),
        'b.tif': scene(20),
        'woods.geojson': collection([box(0, 0, 3, { kind: 'wood' })]),
        'lakes.geojson': collection([box(0, 3, 4, { kind: 'lake' })]),
      },
      'kind',
    );
    expect(masks).toEqual({ 'a.tif': '22212221', 'b.tif': '21002100' });
  });

  it('name classes as QuPath does, in an object', async () => {
    const annotation = (classification: object): object => ({
      objectType: 'annotation',
      classification: { ...classification, color: [200, 0, 0] },
    });
    const column = (x: number, properties: object): object => ({
      type: 'Feature',
      properties,
      geometry: {
        type: 'Polygon',
        coordinates: [[x, x + 1, x + 1, x, x].map((at, corner) => [at, corner < 2 ? 0 : 2])],
      },
    });
    const features = [
      column(0, annotation({ name: 'Tumor' })),
      column(1, annotation({ names: ['Tumor', 'Positive'] })),
      column(3, { objectType: 'annotation' }),
    ];
    const { source, masks, reasons } = await opened({
      'a.png': photo,
      'a.geojson': JSON.stringify({ type: 'FeatureCollection', features }),
    });
    expect([source.property, source.classes.map(({ name }) => name)]).toEqual([
      'classification',
      ['Tumor', 'Tumor: Positive'],
    ]);
    expect(masks).toEqual({ 'a.png': '12001200' });
    expect(reasons).toEqual([
      '/a.geojson: 1 of its features have no classification and were left out',
    ]);
  });

  it('ask for the property if they are not our own', async () => {
    const { source } = await opened({
      'a.tif': scene(0),
      'a.geojson': collection([box(0, 0, 3, own('wood', 1)), box(0, 0, 1, { class: 'lake' })]),
    });
    expect(source.property).toBeNull();
    expect(source.properties.map(({ name }) => name)).toEqual(['class', 'value', 'pixels']);
  });

  it('name classes in the order of their values, not of their polygons', async () => {
    const { source } = await opened({
      'a.tif': scene(0),
      'masks/a.geojson': collection([box(0, 2, 3, own('lake', 3)), box(0, 0, 1, own('wood', 1))]),
    });
    expect(source.classes.map(({ name, value }) => [name, value])).toEqual([
      ['wood', 1],
      ['lake', 2],
    ]);
  });

  it('are skipped one by one if damaged', async () => {
    const { masks, reasons } = await opened({
      'a.tif': scene(0),
      'b.tif': scene(20),
      'masks/a.geojson': collection([box(0, 0, 3, own('wood', 1))]),
      'masks/b.geojson': collection([box(20, 0, 1, own('lake', 2))]).slice(0, -4),
    });
    expect(masks).toEqual({ 'a.tif': '11101110' });
    expect(reasons).toEqual([
      expect.stringMatching(/^\/masks\/b\.geojson: \/masks\/b\.geojson is not valid JSON/),
    ]);
  });

  it('are reported if they have an image’s name but another position', async () => {
    const { masks } = await opened({
      'a.tif': scene(0),
      'b.tif': scene(20),
      'masks/a.geojson': collection([box(9000, 0, 3, own('wood', 1))]),
      'masks/b.geojson': collection([]),
    });
    expect(masks).toEqual({
      'a.tif': expect.stringMatching(
        /^\/masks\/a\.geojson has the name of this image, but none of its polygons overlaps it/,
      ) as string,
      'b.tif': '00000000',
    });
  });
});

describe('GeoJSON in pixels', () => {
  const pixels = (width: number): string =>
    JSON.stringify({
      type: 'FeatureCollection',
      pixelCoordinates: { origin: 'upper left corner of the image', y: 'down', width, height: 2 },
      features: [
        {
          type: 'Feature',
          properties: own('cell', 1),
          geometry: {
            type: 'Polygon',
            coordinates: [
              [
                [1, 0],
                [2, 0],
                [2, 2],
                [1, 2],
                [1, 0],
              ],
            ],
          },
        },
      ],
    });

  it('belongs to the image with its name', async () => {
    const { masks, reasons } = await opened({ 'a.png': photo, 'masks/a.geojson': pixels(4) });
    expect([masks, reasons]).toEqual([{ 'a.png': '01000100' }, []]);
  });

  it('is refused if the image has another size', async () => {
    const { masks } = await opened({ 'a.png': photo, 'masks/a.geojson': pixels(5) });
    expect(masks['a.png']).toContain('/masks/a.geojson has 5 × 2 pixels, but its image has 4 × 2');
  });

  it('is left out if no image has its name', async () => {
    const { masks, reasons } = await opened({ 'a.png': photo, 'masks/b.geojson': pixels(4) });
    expect([masks, reasons]).toEqual([
      {},
      [expect.stringMatching(/^\/masks\/b\.geojson: its coordinates are pixels of one image/)],
    ]);
  });
});

describe('GeoPackages', () => {
  const classes = [{ value: 3, name: 'wood', colour: null }];
  const mask = memoryMask(Uint8Array.from([0, 3, 3, 0, 0, 3, 0, 0]), size, classes);

  async function written(
    crs: string | null,
    change?: (database: Database.Database) => void,
  ): Promise<Uint8Array> {
    const path = join(temporaryFolder(), 'x.gpkg');
    const transform = [10, 0, 500_000, 0, -10, 5_000_000] as const;
    await writeGeoPackage(path, mask, { geo: { crs, transform: [...transform] }, spacing: null });
    if (change) {
      const database = new Database(path);
      change(database);
      database.close();
    }
    return readFile(path);
  }

  it('are placed on images by their coordinates', async () => {
    const { source, masks } = await opened({
      'a.tif': scene(0),
      'b.tif': scene(10),
      'land.gpkg': await written('EPSG:32632'),
    });
    expect([source.kind, source.property]).toEqual(['gpkg', 'class']);
    expect(masks).toEqual({ 'a.tif': '01100100', 'b.tif': '11001000' });
  });

  it("with another program's journal are read", async () => {
    const file = await written('EPSG:32632', (database) => {
      database.pragma('journal_mode = WAL');
    });
    expect([file[18], file[19]]).toEqual([2, 2]);
    const { masks } = await opened({ 'a.tif': scene(0), 'land.gpkg': file });
    expect(masks).toEqual({ 'a.tif': '01100100' });
  });

  it.each<[string, (database: Database.Database) => void, RegExp]>([
    [
      'a view in place of a layer',
      (database) => {
        database.exec(
          'ALTER TABLE regions RENAME TO other; CREATE VIEW regions AS SELECT * FROM other',
        );
      },
      /its layer “regions” is missing/,
    ],
    [
      'no table of layers',
      (database) => {
        database.exec('DROP TABLE gpkg_geometry_columns');
      },
      /it lists no layers/,
    ],
    [
      'a geometry that ends too early',
      (database) => {
        const triggers = "SELECT name FROM sqlite_schema WHERE type = 'trigger'";
        for (const name of database.prepare(triggers).pluck().all()) {
          database.exec(`DROP TRIGGER "${String(name)}"`);
        }
        database.exec('UPDATE regions SET geom = substr(geom, 1, 60)');
      },
      /it is damaged or cut short/,
    ],
  ])('with %s are refused', async (_, change, words) => {
    const file = await written('EPSG:32632', change);
    await expect(opened({ 'a.tif': scene(0), 'land.gpkg': file })).rejects.toMatchObject({
      code: 'invalid-labels',
      message: expect.stringMatching(words) as string,
    });
  });

  it('that are being changed by another program are refused', async () => {
    const file = await written('EPSG:32632');
    const files = { 'a.tif': scene(0), 'land.gpkg': file, 'land.gpkg-wal': 'changes' };
    await expect(opened(files)).rejects.toMatchObject({ code: 'in-use' });
  });
});
