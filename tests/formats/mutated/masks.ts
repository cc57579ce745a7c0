import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import Database from 'better-sqlite3';
import type { MaskSourceKind } from '../../../src/contract/mask-sources.ts';
import { tileCounts } from '../../../src/core/mask/tiles.ts';
import { UserError } from '../../../src/core/errors.ts';
import { findImages } from '../../../src/formats/image-folder.ts';
import { pngFile } from '../../../src/formats/testing/image-fixtures.ts';
import type { FoundImage } from '../../../src/formats/labels/labelled-images.ts';
import { zipFile } from '../../../src/formats/masks/cvat/zip-fixtures.ts';
import { detectMaskSources } from '../../../src/formats/masks/detect.ts';
import { parseGeoJson } from '../../../src/formats/masks/geojson/parse.ts';
import type { MaskSource, SizedImage } from '../../../src/formats/masks/mask-source.ts';
import { openMaskSource } from '../../../src/formats/masks/open-source.ts';
import { ctSlice } from '../../../src/formats/masks/testing/geo-fixtures.ts';
import { withImage } from '../../../src/formats/open-images.ts';
import { counting, niftiFile } from '../../../src/formats/raster/nifti/nifti-fixtures.ts';
import { gpkgPolygon } from '../../../src/formats/vector/gpkg-geometry.ts';
import { tables } from '../../../src/formats/vector/gpkg-tables.ts';
import type { Case } from './case.ts';

/** Label files of every kind, with their images. */

type Files = Readonly<Record<string, Buffer>>;

const goldens = join(import.meta.dirname, '..', 'mask-goldens');

const png = (width: number, height: number, value: number): Buffer =>
  pngFile({
    width,
    height,
    channels: 1,
    bits: 8,
    values: new Array<number>(width * height).fill(value),
  });

/** A source of masks: a file, or the folder. */
interface Source {
  readonly kind: MaskSourceKind;
  /** The label file in the folder; empty: the folder. */
  readonly path: string;
  readonly property?: string;
}

export function maskCases(): Case[] {
  return [
    ...cocoCases(),
    ...cvatCases(),
    ...geoJsonCases(),
    ...geoPackageCases(),
    ...segmentationCases(),
    ...labelRasterCases(),
    ...niftiCases(),
    ...pairedCases(),
  ];
}

function goldenFiles(kind: string): Record<string, Buffer> {
  const names = readdirSync(join(goldens, kind), { recursive: true, withFileTypes: true });
  return Object.fromEntries(
    names
      .filter((entry) => entry.isFile())
      .map(({ parentPath, name }) => {
        const path = join(parentPath, name);
        return [
          path.slice(join(goldens, kind).length + 1).replaceAll('\\', '/'),
          readFileSync(path),
        ];
      }),
  );
}

/** Changes one of the files of a folder. */
function maskCase(files: Files, path: string, source: Source, form: Case['form'] = 'bytes'): Case {
  const { [path]: content = Buffer.alloc(0), ...beside } = files;
  return {
    name: `${source.kind} ${path}`,
    ...{ path, form, content, beside },
    read: (folder) => readMasks(folder, source),
  };
}

/** Changes the decompressed content of one of the files. */
function innerCase(
  outer: Case,
  name: string,
  content: Buffer,
  pack: (content: Buffer) => Buffer,
): Case {
  return { ...outer, name: `${outer.name}, ${name}`, content, pack };
}

/** Reads what a survey of a folder and an import read. */
async function readMasks(folder: string, { kind, path, property }: Source): Promise<void> {
  const found = await findImages(folder);
  await detectMaskSources(folder, found);
  const request = { path: join(folder, path), folder, found, property: property ?? null };
  const source = await openMaskSource(kind, request).catch((error: unknown) => {
    if (error instanceof UserError) requireFound(error);
    throw error;
  });
  try {
    await source.misfits?.();
    const refusals: UserError[] = [];
    let masks = 0;
    for (const image of found) {
      for (const sized of await framesOf(image)) {
        if (await isRead(source, sized, refusals)) masks++;
      }
    }
    if (masks === 0) throw refusals[0] ?? new UserError('invalid-labels', 'There are no masks.');
  } finally {
    await source.close();
  }
}

/** Returns the first and the last slice with their size; nothing for an image that cannot be read. */
async function framesOf(image: FoundImage): Promise<SizedImage[]> {
  try {
    return await withImage(image.path, ({ header: { width, height, frames } }) => {
      const some = frames === 1 ? [undefined] : [0, frames - 1];
      return Promise.resolve(
        some.map((frame) => ({ ...image, width, height, ...(frame !== undefined && { frame }) })),
      );
    });
  } catch (error) {
    if (error instanceof UserError) return [];
    throw error;
  }
}

/**
 * Rethrows errors as they are: the app converts any reader's error to a message (`soundSource`), but one that does
 * not describe the problem of the file counts as a defect of the reader here.
 */
function requireFound({ message, details }: UserError): void {
  if (message.includes('could not be read as labels')) throw new Error(details ?? message);
}

/** Returns whether an image has a mask; an import continues after a mask that is refused. */
async function isRead(
  source: MaskSource,
  image: SizedImage,
  refusals: UserError[],
): Promise<boolean> {
  try {
    const mask = await source.maskFor(image);
    if (mask === undefined) return false;
    const { columns, rows } = tileCounts(image);
    for (let index = 0; index < columns * rows; index++) {
      await mask.tile(index % columns, Math.floor(index / columns));
    }
    mask.notes();
    await mask.close();
    return true;
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    requireFound(error);
    refusals.push(error);
    return false;
  }
}

function cocoCases(): Case[] {
  const images = { 'one.png': png(37, 26, 3), 'folder/two.png': png(37, 26, 5) };
  const files = { ...goldenFiles('coco'), ...images };
  const runs = {
    images: [{ id: 1, file_name: 'one.png', width: 37, height: 26 }],
    categories: [{ id: 2, name: 'x', color: '#ff0000' }],
    annotations: [
      {
        id: 1,
        image_id: 1,
        category_id: 2,
        iscrowd: 1,
        segmentation: { size: [26, 37], counts: [3, 40, 900, 19] },
      },
      {
        id: 2,
        image_id: 1,
        category_id: 2,
        bbox: [1, 2, 3, 4],
        segmentation: [[0, 0, 8, 0, 8, 6, 0, 6]],
      },
    ],
  };
  const source = { kind: 'coco', path: 'instances.json' } as const;
  const lists = { ...images, 'runs.json': Buffer.from(JSON.stringify(runs)) };
  return [
    maskCase(files, 'instances.json', source, 'text'),
    maskCase(lists, 'runs.json', { kind: 'file', path: 'runs.json' }, 'text'),
  ];
}

function cvatCases(): Case[] {
  const images = { 'a.jpg': png(17, 14, 3), 'folder/b.jpg': png(17, 14, 5) };
  const whole = maskCase({ ...goldenFiles('cvat'), ...images }, 'task.zip', {
    kind: 'cvat',
    path: 'task.zip',
  });
  const entries: Files = {
    'labelmap.txt': Buffer.from(
      '# label:color_rgb:parts:actions\nbackground:0,0,0::\ncell:250,50,83::\n',
    ),
    'SegmentationClass/a.png': pngFile({
      ...{ width: 17, height: 14, channels: 3, bits: 8 },
      values: Array.from({ length: 17 * 14 }, (_, at) =>
        at % 3 === 0 ? [250, 50, 83] : [0, 0, 0],
      ).flat(),
    }),
  };
  const packed = (name: string, content: Buffer): Buffer =>
    zipFile(
      Object.entries(entries).map(([key, value]) => ({
        name: key,
        content: key === name ? content : value,
      })),
    );
  return [
    whole,
    ...Object.entries(entries).map(([name, content]) => ({
      ...innerCase(whole, name, content, (inner) => packed(name, inner)),
      form: name.endsWith('.txt') ? ('text' as const) : ('bytes' as const),
    })),
  ];
}

function geoJsonCases(): Case[] {
  const files = goldenFiles('geojson');
  const source = { kind: 'geojson', path: 'land.geojson', property: 'kind' } as const;
  const json = maskCase(files, 'land.geojson', source, 'text');
  const images = ['utm.tif', 'own.tif', 'degrees.tif', 'lambert.tif'];
  const small = Buffer.from(
    JSON.stringify({
      type: 'FeatureCollection',
      crs: { type: 'name', properties: { name: 'urn:ogc:def:crs:OGC:1.3:CRS84' } },
      features: [
        {
          type: 'Feature',
          properties: { kind: 'field' },
          geometry: {
            type: 'MultiPolygon',
            coordinates: [
              [
                [
                  [9.7, 46.79],
                  [9.71, 46.79],
                  [9.71, 46.81],
                  [9.7, 46.79],
                ],
              ],
            ],
          },
        },
        {
          type: 'Feature',
          properties: { kind: 7 },
          geometry: {
            type: 'GeometryCollection',
            geometries: [{ type: 'Point', coordinates: [9.7, 46.8] }],
          },
        },
        { type: 'Feature', properties: null, geometry: null },
      ],
    }),
  );
  return [
    json,
    { ...json, name: `${json.name}, small`, content: small },
    ...images.map((name) => maskCase(files, name, source)),
  ];
}

/** A layer of two polygons on an image, as written by a program that did not read the image. */
function geoPackageCases(): Case[] {
  const { 'utm.tif': image = Buffer.alloc(0), 'land.geojson': land = Buffer.alloc(0) } =
    goldenFiles('geojson');
  const rings = ringsOf(land);
  const path = join(mkdtempSync(join(tmpdir(), 'understudy-gpkg-')), 'land.gpkg');
  const database = new Database(path);
  // Small pages, so that a changed byte is likely to be meaningful.
  database.pragma('page_size = 512');
  database.exec(`${tables}
    CREATE TABLE land (fid INTEGER PRIMARY KEY, geom POLYGON, kind TEXT);
    INSERT INTO gpkg_spatial_ref_sys VALUES ('WGS 84', 4326, 'EPSG', 4326, 'undefined', NULL);
    INSERT INTO gpkg_contents (table_name, data_type, srs_id) VALUES ('land', 'features', 4326);
    INSERT INTO gpkg_geometry_columns VALUES ('land', 'geom', 'POLYGON', 4326, 0, 0);`);
  const insert = database.prepare('INSERT INTO land (geom, kind) VALUES (?, ?)');
  for (const [index, ring] of rings.entries()) {
    insert.run(gpkgPolygon([ring], 4326).bytes, ['field', 'wood'][index % 2]);
  }
  database.close();
  const content = readFileSync(path);
  rmSync(dirname(path), { recursive: true });
  const source = { kind: 'gpkg', path: 'land.gpkg', property: 'kind' } as const;
  return [maskCase({ 'land.gpkg': content, 'utm.tif': image }, 'land.gpkg', source)];
}

/** Returns the outer rings of the polygons of a file. */
function ringsOf(json: Buffer): Float64Array[] {
  const { sets } = parseGeoJson(JSON.parse(json.toString('utf8')), 'land.geojson');
  const shapes = sets.flatMap((set) => set.shapes);
  return shapes.flatMap(({ polygons }) => polygons.flatMap(([ring]) => ring ?? [])).slice(0, 6);
}

function segmentationCases(): Case[] {
  const files = goldenFiles('dicom-seg');
  const kinds = ['binary', 'by-place', 'fractional', 'labelmap'].map((name) => {
    const own = Object.entries(files).filter(
      ([key]) => key === `${name}.dcm` || key.startsWith('slice-'),
    );
    return maskCase(Object.fromEntries(own), `${name}.dcm`, { kind: 'dicom-seg', path: '' });
  });
  return [...kinds, maskCase(files, 'slice-2.dcm', { kind: 'dicom-seg', path: '' })];
}

function labelRasterCases(): Case[] {
  const files = goldenFiles('geotiff');
  const source = { kind: 'file', path: 'labels.tif' } as const;
  return ['labels.tif', 'inside.tif'].map((name) => maskCase(files, name, source));
}

function niftiCases(): Case[] {
  const all = Object.entries(goldenFiles('nifti'));
  // Two volumes suffice, and take a third of the time.
  const files = Object.fromEntries(all.filter(([name]) => !/moved|sagittal/.test(name)));
  const source = { kind: 'masks', path: '' } as const;
  const name = 'labelsTr/oblique.nii.gz';
  const outer = maskCase(files, name, source);
  const series = maskCase(seriesFiles(), 'labels.nii.gz', { kind: 'nifti', path: 'labels.nii.gz' });
  const inner = (one: Case): Case =>
    innerCase(one, 'unpacked', gunzipSync(one.content), (content) =>
      gzipSync(content, { level: 1 }),
    );
  return [
    ...[outer, inner(outer), series, inner(series)],
    inner(maskCase(files, 'imagesTr/oblique_0000.nii.gz', source)),
    maskCase(files, 'dataset.json', source, 'text'),
  ];
}

/** Slices of 4 × 3 pixels, and labels for each of their pixels. */
function seriesFiles(): Files {
  const shape = [4, 3, 3];
  const sform = [-0.8, 0, 0, 10.5, 0, -0.7, 0, 20.25, 0, 0, 2.5, 1];
  const volume = { shape, values: counting(shape), zooms: [0.8, 0.7, 2.5], sform };
  const slices = [1, 3.5, 6].map((z, at) => {
    const slice = ctSlice({ rows: 3, columns: 4, z, instance: `2.25.88${at}` });
    return [`${at}.dcm`, slice] as const;
  });
  return {
    ...Object.fromEntries(slices),
    'labels.nii.gz': gzipSync(niftiFile({ ...volume, type: 'uint8' })),
  };
}

function pairedCases(): Case[] {
  const { 'palette-4.png': palette = Buffer.alloc(0) } = goldenFiles('png');
  const colour = pngFile({
    ...{ width: 13, height: 11, channels: 3, bits: 8 },
    values: Array.from({ length: 13 * 11 }, (_, at) =>
      at % 4 === 0 ? [128, 64, 0] : [0, 0, 0],
    ).flat(),
  });
  const images = { 'images/a.png': png(13, 11, 9), 'images/b.png': png(13, 11, 8) };
  const grey = { ...images, 'masks/a.png': png(13, 11, 2), 'masks/b.png': palette };
  const coloured = { ...images, 'masks/a.png': colour, 'masks/b.png': colour };
  const names = { ...grey, 'masks/classes.txt': Buffer.from('background\nroad\n2: car #ff8000\n') };
  const map = {
    ...coloured,
    'labelmap.txt': Buffer.from(
      '# label:color_rgb:parts:actions\nbackground:0,0,0::\nroad:128,64,0:a:b\n',
    ),
  };
  const beside = {
    'a.jpg': png(13, 11, 9),
    'a_mask.png': png(13, 11, 1),
    'b.jpg': png(13, 11, 9),
    'b_mask.png': palette,
  };
  const masks = { kind: 'masks', path: '' } as const;
  return [
    maskCase(grey, 'masks/a.png', masks),
    maskCase(grey, 'masks/b.png', masks),
    maskCase(map, 'masks/b.png', masks),
    maskCase(names, 'masks/classes.txt', masks, 'text'),
    maskCase(map, 'labelmap.txt', masks, 'text'),
    maskCase(beside, 'b_mask.png', { kind: 'beside', path: '' }),
  ];
}
