import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { afterAll, describe, expect, it } from 'vitest';
import { memoryMask } from '../masks/testing/memory-mask.ts';
import { testFolder } from '../raster/testing/test-folder.ts';
import type { VectorOutcome } from './mask-polygons.ts';
import { nowhere, type MaskPlace } from './place.ts';
import { writeGeoPackage, type GeoPackageOptions } from './write-geopackage.ts';

const folder = testFolder();
const classes = [{ value: 1, name: 'Wald', colour: null }];
const size = { width: 4, height: 3 };
const mask = memoryMask(Uint8Array.from([1, 1, 1, 0, 1, 0, 1, 255, 1, 1, 1, 5]), size, classes);
const utm: MaskPlace = {
  geo: { crs: 'EPSG:32632', transform: [2, 0, 500_000, 0, -3, 5_000_000] },
  spacing: null,
};

let count = 0;
const opened: Database.Database[] = [];
afterAll(() => {
  for (const database of opened) database.close();
});

async function written(place: MaskPlace, options: GeoPackageOptions = {}) {
  const path = join(folder.path, `${count++}.gpkg`);
  let outcome: VectorOutcome | undefined;
  const done = (result: VectorOutcome): void => {
    outcome = result;
  };
  await writeGeoPackage(path, mask, place, { ...options, done });
  const database = new Database(path, { readonly: true });
  opened.push(database);
  const all = (sql: string): unknown[] => database.prepare(sql).all();
  const value = (sql: string): unknown => database.prepare(sql).pluck().get();
  return { path, outcome, all, value };
}

/** Rings of a geometry in a GeoPackage: its header of 40 bytes, then well-known binary. */
function ringsIn(blob: Buffer): [number, number][][] {
  expect(blob.toString('latin1', 0, 2)).toBe('GP');
  expect([blob[2], blob[3], blob[40]]).toEqual([0, 3, 1]);
  expect(blob.readUInt32LE(41)).toBe(3);
  let at = 49;
  const rings = Array.from({ length: blob.readUInt32LE(45) }, () => {
    const points = blob.readUInt32LE(at);
    at += 4 + 16 * points;
    return Array.from({ length: points }, (_, index): [number, number] => {
      const place = at - 16 * (points - index);
      return [blob.readDoubleLE(place), blob.readDoubleLE(place + 8)];
    });
  });
  expect(at).toBe(blob.length);
  return rings;
}

describe('a GeoPackage of regions', () => {
  it('has the polygons in the image’s coordinates, with their properties', async () => {
    const { all, value, outcome } = await written(utm);
    expect(value('PRAGMA application_id')).toBe(0x47504b47);
    expect(value('PRAGMA user_version')).toBe(10300);
    expect(value('PRAGMA integrity_check')).toBe('ok');
    const columns = 'fid, class, value, pixels, area_m2';
    expect(all(`SELECT ${columns} FROM regions`)).toEqual([
      { fid: 1, class: 'Wald', value: 1, pixels: 8, area_m2: 48 },
      { fid: 2, class: 'class 5', value: 5, pixels: 1, area_m2: 6 },
    ]);
    const blob = value('SELECT geom FROM regions') as Buffer;
    expect(blob.readInt32LE(4)).toBe(32632);
    const sides = [8, 16, 24, 32].map((at) => blob.readDoubleLE(at));
    expect(sides).toEqual([500_000, 500_006, 4_999_991, 5_000_000]);
    const [outer, hole] = ringsIn(blob);
    // Four corners, the first again, and where the region of 5 begins on the right.
    expect(outer).toHaveLength(6);
    expect(outer?.map(String)).toContain('500006,4999994');
    expect(new Set(hole?.map(String))).toEqual(
      new Set(['500002,4999997', '500004,4999997', '500004,4999994', '500002,4999994']),
    );
    expect(outcome).toMatchObject({ polygons: 2, notes: [] });
  });

  it('describes its content', async () => {
    const { all } = await written(utm);
    expect(all('SELECT * FROM gpkg_contents')).toEqual([
      expect.objectContaining({
        table_name: 'regions',
        data_type: 'features',
        srs_id: 32632,
        min_x: 500_000,
        min_y: 4_999_991,
        max_x: 500_008,
        max_y: 5_000_000,
      }),
    ]);
    expect(all('SELECT srs_id, organization FROM gpkg_spatial_ref_sys ORDER BY srs_id')).toEqual([
      { srs_id: -1, organization: 'NONE' },
      { srs_id: 0, organization: 'NONE' },
      { srs_id: 4326, organization: 'EPSG' },
      { srs_id: 32632, organization: 'EPSG' },
    ]);
    expect(all('SELECT id, minx, maxy FROM rtree_regions_geom')).toEqual([
      { id: 1, minx: 500_000, maxy: 5_000_000 },
      { id: 2, minx: 500_006, maxy: 4_999_994 },
    ]);
  });

  it.each<[string, MaskPlace['geo'], number, string]>([
    [
      'WKT',
      { crs: 'LOCAL_CS["Mine",UNIT["metre",1]]', transform: [1, 0, 0, 0, -1, 0] },
      100_001,
      '',
    ],
    [
      'a name',
      { crs: 'my field', transform: [1, 0, 0, 0, -1, 0] },
      -1,
      '“my field” is neither a code',
    ],
    ['no system', { crs: null, transform: [1, 0, 0, 0, -1, 0] }, -1, 'is unknown.'],
    ['nowhere', null, -1, 'pixels from its upper left corner'],
  ])('of an image with %s', async (_, geo, id, words) => {
    const { value, outcome } = await written({ geo, spacing: null });
    expect(value('SELECT srs_id FROM gpkg_geometry_columns')).toBe(id);
    expect(value(`SELECT definition FROM gpkg_spatial_ref_sys WHERE srs_id = ${id}`)).toBe(
      id > 0 ? geo?.crs : 'undefined',
    );
    expect(outcome?.notes.join()).toContain(words);
  });

  it('has rows going down if the image has no georeference, and areas in mm² if these are known', async () => {
    const { value, all } = await written({ geo: null, spacing: { x: 2, y: 2, unit: 'mm' } });
    expect(value('SELECT min_y FROM gpkg_contents')).toBe(-3);
    expect(all('SELECT area_mm2 FROM regions')).toEqual([{ area_mm2: 32 }, { area_mm2: 4 }]);
    const plain = await written(nowhere);
    expect(plain.all("SELECT name FROM pragma_table_info('regions')")).toHaveLength(5);
  });

  it.each([
    ['Feld 1"; DROP', 'Feld 1__ DROP'],
    ['gpkg_contents', 'layer_gpkg_contents'],
    ['', 'layer_'],
  ])('may name its layer %s', async (layer, name) => {
    const { all, value } = await written(utm, { layer });
    expect(all('SELECT table_name FROM gpkg_contents')).toEqual([{ table_name: name }]);
    expect(value(`SELECT count(*) FROM "${name}"`)).toBe(2);
  });

  it('may be empty', async () => {
    const { all } = await written(utm, { smallest: 100 });
    expect(all('SELECT min_x, max_y FROM gpkg_contents')).toEqual([{ min_x: null, max_y: null }]);
  });
});

describe('a GeoPackage that cannot be written', () => {
  it('leaves the older file and nothing else', async () => {
    const own = join(folder.path, 'older');
    await mkdir(own);
    const path = join(own, 'a.gpkg');
    await writeFile(path, 'older');
    const signal = AbortSignal.abort(new Error('enough'));
    await expect(writeGeoPackage(path, mask, utm, { signal })).rejects.toThrow('enough');
    expect(await readdir(own)).toEqual(['a.gpkg']);
    expect(await readFile(path, 'utf8')).toBe('older');
    await writeGeoPackage(path, mask, utm);
    expect(await readdir(own)).toEqual(['a.gpkg']);
    expect((await readFile(path)).toString('latin1', 0, 15)).toBe('SQLite format 3');
  });

  it('reports a missing folder', async () => {
    const path = join(folder.path, 'missing', 'a.gpkg');
    await expect(writeGeoPackage(path, mask, utm)).rejects.toMatchObject({
      code: 'disk',
      message: expect.stringMatching(/The folder .*missing does not exist/) as string,
    });
  });
});
