import { describe, expect, test } from 'vitest';
import type { ImageHeader } from '../../image-file.ts';
import { testImages } from '../../testing/test-folder.ts';
import { openTiff } from '../open-tiff.ts';
import { doubles, short, text, tiffBytes, type FieldSpec } from '../../../testing/tiff-fixtures.ts';

const folder = testImages(openTiff);

async function headerOf(...fields: FieldSpec[]): Promise<ImageHeader> {
  const page = { width: 2, height: 2, values: [1, 2, 3, 4], fields };
  return (await folder.open(tiffBytes([page]))).header;
}

/** Keys: whole numbers stand in the list itself, doubles and texts in lists of their own. */
function keys(entries: Readonly<Record<number, number | string | [number]>>): FieldSpec[] {
  const numbers: number[] = [];
  let texts = '';
  const list = Object.entries(entries).flatMap(([key, value]) => {
    if (typeof value === 'number') return [Number(key), 0, 1, value];
    if (typeof value !== 'string') return [Number(key), 34736, 1, numbers.push(value[0]) - 1];
    const start = texts.length;
    texts += `${value}|`;
    return [Number(key), 34737, value.length + 1, start];
  });
  return [
    short(34735, 1, 1, 0, list.length / 4, ...list),
    ...(numbers.length > 0 ? [doubles(34736, ...numbers)] : []),
    ...(texts === '' ? [] : [text(34737, texts)]),
  ];
}

const scale = doubles(33550, 10, 20, 0);
const tie = doubles(33922, 0, 0, 0, 500_000, 6_000_000, 0);
const placed = [scale, tie];

describe('the affine', () => {
  test('is read from scale and tie point', async () => {
    expect((await headerOf(...placed)).geo).toEqual({
      transform: [10, 0, 500_000, 0, -20, 6_000_000],
      crs: null,
    });
  });

  test('is read from a tie point inside', async () => {
    const { geo } = await headerOf(scale, doubles(33922, 3, 4, 0, 100, 200, 0));
    expect(geo?.transform).toEqual([10, 0, 70, 0, -20, 280]);
  });

  test('runs rows south whatever the scale, as in GDAL', async () => {
    const { geo } = await headerOf(doubles(33550, 10, -20, 0), tie);
    expect(geo?.transform).toEqual([10, 0, 500_000, 0, -20, 6_000_000]);
  });

  const matrix = doubles(34264, 2, 3, 0, 100, 4, -5, 0, 200, 0, 0, 0, 0, 0, 0, 0, 1);

  test('is read from a matrix, rotated', async () => {
    expect((await headerOf(matrix)).geo?.transform).toEqual([2, 3, 100, 4, -5, 200]);
  });

  test('is shifted to pixel corners in PixelIsPoint rasters', async () => {
    const points = keys({ 1024: 1, 1025: 2, 3072: 32632 });
    expect((await headerOf(...placed, ...points)).geo).toEqual({
      transform: [10, 0, 499_995, 0, -20, 6_000_010],
      crs: 'EPSG:32632',
    });
    expect((await headerOf(matrix, ...points)).geo?.transform).toEqual([2, 3, 97.5, 4, -5, 200.5]);
  });

  test.each([
    ['nothing', []],
    ['a scale alone', [scale]],
    ['a scale of zero', [doubles(33550, 0, 0, 0), tie]],
    ['a scale that is not a number', [doubles(33550, NaN, 1, 0), tie]],
    ['a matrix without area', [doubles(34264, ...new Array<number>(16).fill(0))]],
  ])('is null for %s', async (_, fields) => {
    expect((await headerOf(...fields)).geo).toBeNull();
  });

  test('is null for ground control points, with a note', async () => {
    const points = [0, 0, 0, 1, 1, 0, 9, 0, 0, 2, 1, 0, 0, 9, 0, 1, 5, 0];
    const { geo, notes } = await headerOf(doubles(33922, ...points));
    expect(geo).toBeNull();
    expect(notes).toEqual([
      'The file is georeferenced by ground control points, which are not used.',
    ]);
  });

  test('does not rotate a georeferenced page', async () => {
    const header = await headerOf(...placed, short(274, 6));
    expect(header.geo?.transform).toEqual([10, 0, 500_000, 0, -20, 6_000_000]);
    const page = { width: 3, height: 1, values: [1, 2, 3], fields: [...placed, short(274, 6)] };
    const file = await folder.open(tiffBytes([page]));
    expect(await file.read()).toMatchObject({ width: 3, height: 1 });
  });
});

describe('the coordinate system', () => {
  const crsOf = async (entries: Parameters<typeof keys>[0]): Promise<string | null | undefined> =>
    (await headerOf(...placed, ...keys(entries))).geo?.crs;

  test('projected, by code', async () => {
    expect(await crsOf({ 1024: 1, 1026: 'WGS 84 / UTM zone 32N', 3072: 32632 })).toBe('EPSG:32632');
  });

  test('geographic, by code', async () => {
    expect(await crsOf({ 1024: 2, 2048: 4326 })).toBe('EPSG:4326');
  });

  test('geocentric, by code', async () => {
    expect(await crsOf({ 1024: 3, 2048: 4978 })).toBe('EPSG:4978');
  });

  test('is not the base system of a projected one', async () => {
    expect(await crsOf({ 1024: 1, 1026: 'My grid', 2048: 4326, 3072: 32767 })).toBe('My grid');
  });

  test('WKT in a citation', async () => {
    const wkt = 'PROJCS["Albers",GEOGCS["NAD83"]]';
    const entries = { 1024: 32767, 1026: 'Albers', 3073: `ESRI PE String = ${wkt}` };
    expect(await crsOf(entries)).toBe(wkt);
  });

  test('by its parameters', async () => {
    const crs = await crsOf({
      1024: 1,
      1026: 'unknown',
      2048: 32767,
      2049: 'GCS Name = here|Datum = there|Primem = Greenwich',
      2054: 9102,
      2057: [6_378_137],
      2059: [298.257222101],
      3072: 32767,
      3074: 32767,
      3075: 10,
      3076: 9001,
      3082: [4_321_000],
      3083: [3_210_000],
      3088: [10],
      3089: [52],
    });
    expect(crs).toBe(
      'PROJCS["unknown",GEOGCS["here",DATUM["there",SPHEROID["unknown",6378137,298.257222101]],' +
        'PRIMEM["Greenwich",0],UNIT["degree",0.0174532925199433]],' +
        'PROJECTION["Lambert_Azimuthal_Equal_Area"],PARAMETER["latitude_of_center",52],' +
        'PARAMETER["longitude_of_center",10],PARAMETER["false_easting",4321000],' +
        'PARAMETER["false_northing",3210000],UNIT["metre",1]]',
    );
  });

  test('by the zone of UTM, on a datum of its own', async () => {
    const crs = await crsOf({
      1024: 1,
      1026: 'UTM Zone 18, Southern Hemisphere',
      2048: 4326,
      3072: 32767,
      3074: 16118,
      3076: 9001,
    });
    expect(crs).toContain('PROJCS["UTM Zone 18, Southern Hemisphere",GEOGCS["WGS 84"');
    expect(crs).toContain('PARAMETER["central_meridian",-75]');
    expect(crs).toContain('PARAMETER["false_northing",10000000]');
  });

  test('by its citation if the parameters are insufficient', async () => {
    expect(await crsOf({ 1024: 1, 1026: 'Plant grid', 3072: 32767, 3075: 99 })).toBe('Plant grid');
  });

  test('none', async () => {
    expect(await crsOf({ 1025: 1 })).toBeNull();
  });

  test('ignores keys that point outside their lists', async () => {
    const entries = [1, 1, 0, 3, 1024, 34736, 1, 99, 1026, 34737, 50, 900, 3072, 0, 1, 32633];
    const { geo } = await headerOf(...placed, short(34735, ...entries));
    expect(geo?.crs).toBe('EPSG:32633');
  });

  test('ignores the number of keys if there are fewer', async () => {
    const { geo } = await headerOf(...placed, short(34735, 1, 1, 0, 9999, 3072, 0, 1, 32633));
    expect(geo?.crs).toBe('EPSG:32633');
  });
});

describe('spacing', () => {
  const spacingOf = async (entries: Parameters<typeof keys>[0]): Promise<unknown> =>
    (await headerOf(...placed, ...keys(entries))).spacing;

  test.each([
    ['metres', { 1024: 1, 3072: 31370, 3076: 9001 }, { x: 10, y: 20, unit: 'm' }],
    ['feet', { 1024: 1, 3072: 2222, 3076: 9002 }, { x: 3.048, y: 6.096, unit: 'm' }],
    ['a unit of its own', { 1024: 1, 3076: 32767, 3077: [0.5] }, { x: 5, y: 10, unit: 'm' }],
    ['UTM without a unit', { 1024: 1, 3072: 32633 }, { x: 10, y: 20, unit: 'm' }],
    ['a code without a unit', { 1024: 1, 3072: 2263 }, null],
    ['an unknown unit', { 1024: 1, 3072: 2263, 3076: 9999 }, null],
    ['degrees', { 1024: 2, 2048: 4326, 2054: 9102 }, { x: 10, y: 20, unit: 'degree' }],
    ['grads', { 1024: 2, 2048: 4326, 2054: 9105 }, { x: 9, y: 18, unit: 'degree' }],
    ['nothing', {}, null],
  ] as const)('in %s', async (_, entries, expected) => {
    expect(await spacingOf(entries as Parameters<typeof keys>[0])).toEqual(expected);
  });

  test('of a rotated raster is measured along rows and columns', async () => {
    const matrix = doubles(34264, 3, 0, 0, 0, 4, -2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1);
    const { spacing } = await headerOf(matrix, ...keys({ 1024: 1, 3072: 32632, 3076: 9001 }));
    expect(spacing).toEqual({ x: 5, y: 2, unit: 'm' });
  });

  test('Web Mercator comes with a warning', async () => {
    const { notes } = await headerOf(...placed, ...keys({ 1024: 1, 3072: 3857, 3076: 9001 }));
    expect(notes).toHaveLength(1);
    expect(notes[0]).toContain('Web Mercator stretches distances');
  });
});
