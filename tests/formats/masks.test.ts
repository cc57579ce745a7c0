import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { inflateSync } from 'node:zlib';
import { afterAll, describe, expect, it } from 'vitest';
import type { MaskSourceKind } from '../../src/contract/mask-sources.ts';
import { tileExtent, tileSide } from '../../src/core/mask/tiles.ts';
import { findImages } from '../../src/formats/image-folder.ts';
import type { FoundImage } from '../../src/formats/labels/labelled-images.ts';
import { detectMaskSources } from '../../src/formats/masks/detect.ts';
import type { MaskSource, OpenMask } from '../../src/formats/masks/mask-source.ts';
import { openMaskSource } from '../../src/formats/masks/open-source.ts';
import { openStoredMask } from '../../src/formats/masks/paired/stored-mask.ts';
import { withImage } from '../../src/formats/open-images.ts';

// Results of other tools on the same label files; mask-goldens/make_goldens.py names the tools.

interface PackedMask {
  readonly width: number;
  readonly height: number;
  readonly values: string;
}

interface Expected {
  readonly coco: readonly { readonly name: string; readonly mask: PackedMask }[];
  readonly 'dicom-seg': {
    readonly labels: readonly string[];
    readonly colours: readonly string[];
    readonly cases: Readonly<Record<string, readonly (PackedMask | null)[]>>;
  };
  readonly nifti: readonly { readonly name: string; readonly masks: readonly PackedMask[] }[];
  readonly geotiff: readonly { readonly name: string; readonly mask: PackedMask | null }[];
  readonly geojson: readonly { readonly name: string; readonly mask: PackedMask }[];
  readonly png: readonly { readonly name: string; readonly mask: PackedMask }[];
  readonly cvat: readonly { readonly name: string; readonly mask: PackedMask }[];
}

const root = join(import.meta.dirname, 'mask-goldens');
const expected = JSON.parse(readFileSync(join(root, 'expected.json'), 'utf8')) as Expected;
const opened: MaskSource[] = [];
afterAll(() => Promise.all(opened.map((source) => source.close())));

function unpacked(mask: PackedMask): number[] {
  return [...inflateSync(Buffer.from(mask.values, 'base64'))];
}

async function valuesOf(mask: OpenMask | undefined): Promise<number[] | null> {
  if (mask === undefined) return null;
  const tile = await mask.tile(0, 0);
  const { width, height } = tileExtent({ x: 0, y: 0 }, mask);
  const rows = Array.from({ length: height }, (_, y) =>
    Array.from({ length: width }, (_, x) => tile?.[y * tileSide + x] ?? 0),
  );
  await mask.close();
  return rows.flat();
}

async function openSource(
  kind: MaskSourceKind,
  path: string,
  folder: string,
  found: readonly FoundImage[],
  property: string | null = null,
): Promise<MaskSource> {
  const source = await openMaskSource(kind, { path, folder, found, property });
  opened.push(source);
  return source;
}

/** Images that do not have to exist: their names and sizes are enough. */
function named(folder: string, names: readonly string[]): FoundImage[] {
  return names.map((name) => ({ name, path: join(folder, name) }));
}

it('palette masks are read as indices', async () => {
  for (const { name, mask } of expected.png) {
    const stored = await openStoredMask(join(root, 'png', name));
    expect([...(await stored.read({}))], name).toEqual(unpacked(mask));
    await stored.close();
  }
});

describe('COCO', () => {
  const folder = join(root, 'coco');
  const path = join(folder, 'instances.json');

  it('equals the masks of pycocotools', async () => {
    const found = named(folder, ['images/one.png', 'images/folder/two.png']);
    const source = await openSource('coco', path, folder, found);
    expect(source.classes.map(({ name }) => name)).toEqual(['tree', 'house', 'pond']);
    for (const [index, { mask }] of expected.coco.entries()) {
      const image = { ...(found[index] ?? { name: '', path: '' }), ...sizeOf(mask) };
      expect(await valuesOf(await source.maskFor(image))).toEqual(unpacked(mask));
    }
  });
});

it('archives in CVAT’s form are read by colour', async () => {
  const folder = join(root, 'cvat');
  const found = named(folder, ['a.jpg', 'folder/b.jpg']);
  const source = await openSource('cvat', join(folder, 'task.zip'), folder, found);
  expect(source.classes).toMatchObject([
    { value: 1, name: 'cell', colour: '#fa3253', count: 2 },
    { value: 2, name: 'nucleus', count: 2 },
  ]);
  for (const [index, { mask }] of expected.cvat.entries()) {
    const image = { ...(found[index] ?? { name: '', path: '' }), ...sizeOf(mask) };
    expect(await valuesOf(await source.maskFor(image))).toEqual(unpacked(mask));
  }
});

describe('DICOM segmentations', async () => {
  const folder = join(root, 'dicom-seg');
  const { labels, colours, cases } = expected['dicom-seg'];
  const found = await findImages(folder);

  it('are distinguished from images', async () => {
    expect(await detectMaskSources(folder, found)).toEqual([
      { kind: 'dicom-seg', path: folder, files: 4 },
    ]);
  });

  it.each(Object.entries(cases))(
    'equal the masks of highdicom for the kind %s',
    async (name, masks) => {
      const source = await openSource('dicom-seg', join(folder, `${name}.dcm`), folder, found);
      expect(source.problems).toEqual([]);
      expect(source.classes.map((one) => one.name)).toEqual(labels);
      for (const [index, { colour }] of source.classes.entries()) {
        // The standard's CIELab uses D50, highdicom's D65: similar, but not equal.
        expect(distance(colour ?? '', colours[index] ?? '')).toBeLessThanOrEqual(8);
      }
      for (const [index, mask] of masks.entries()) {
        const path = join(folder, `slice-${index + 1}.dcm`);
        const size = mask === null ? { width: 13, height: 11 } : sizeOf(mask);
        const read = await source.maskFor({ name: path, path, ...size });
        expect(await valuesOf(read), `slice ${index + 1}`).toEqual(mask && unpacked(mask));
      }
    },
  );

  it('are read together from a folder, with equal labels as one class', async () => {
    const source = await openSource('dicom-seg', folder, folder, found);
    expect(source.classes).toMatchObject(labels.map((name) => ({ name, count: 4 })));
    expect(source.claimed.size).toBe(4);
    expect(source.images).toBe(4);
  });
});

function distance(one: string, other: string): number {
  const parts = [1, 3, 5].map((at) =>
    Math.abs(parseInt(one.slice(at, at + 2), 16) - parseInt(other.slice(at, at + 2), 16)),
  );
  return Math.max(...parts);
}

describe('label maps of NIfTI', async () => {
  const folder = join(root, 'nifti');
  const found = await findImages(folder);
  const source = await openSource('masks', folder, folder, found);

  it('have the class names of dataset.json', () => {
    expect(source.classes).toMatchObject([
      { number: 1, name: 'tumour' },
      { number: 2, name: null },
      { number: 3, name: 'vessel' },
    ]);
  });

  it.each(expected.nifti.map((one) => [one.name, one.masks] as const))(
    '%s is placed on its image as in nibabel’s canonical orientation',
    async (name, masks) => {
      const path = join(folder, 'imagesTr', name);
      for (const [frame, mask] of masks.entries()) {
        const read = await source.maskFor({ name, path, frame, ...sizeOf(mask) });
        expect(await valuesOf(read), `slice ${frame + 1}`).toEqual(unpacked(mask));
      }
    },
  );

  it('are refused if they are elsewhere than their image', async () => {
    const path = join(folder, 'imagesTr', 'moved_0000.nii.gz');
    const { width, height } = await withImage(path, ({ header }) => Promise.resolve(header));
    await expect(source.maskFor({ name: path, path, frame: 0, width, height })).rejects.toThrow(
      /moved.nii.gz .*by up to 3\.0 mm/,
    );
  });
});

describe('label rasters', async () => {
  const folder = join(root, 'geotiff');
  const found = await findImages(folder);
  const source = await openSource('file', join(folder, 'labels.tif'), folder, found);

  it.each(expected.geotiff.map((one) => [one.name, one.mask] as const))(
    'equal the window that GDAL reads of %s',
    async (name, mask) => {
      const size = mask === null ? { width: 20, height: 18 } : sizeOf(mask);
      const read = await source.maskFor({ name, path: join(folder, name), ...size });
      expect(await valuesOf(read)).toEqual(mask && unpacked(mask));
    },
  );

  it('are refused on another grid', async () => {
    const image = { name: 'half.tif', path: join(folder, 'half.tif'), width: 10, height: 10 };
    await expect(source.maskFor(image)).rejects.toThrow(/is not on the pixel grid/);
  });
});

describe('GeoJSON', async () => {
  const folder = join(root, 'geojson');
  const path = join(folder, 'land.geojson');
  const found = await findImages(folder);

  it('lists properties that may name the class', async () => {
    const asked = await openSource('geojson', path, folder, found);
    expect(asked.properties).toEqual([
      { name: 'kind', values: 3 },
      { name: 'id', values: 3 },
    ]);
    expect(asked.classes).toEqual([]);
  });

  it.each(expected.geojson.map((one) => [one.name, one.mask] as const))(
    'is placed on %s as by pyproj and GDAL',
    async (name, mask) => {
      const source = await openSource('geojson', path, folder, found, 'kind');
      expect(source.problems).toHaveLength(1);
      expect(source.classes.map((one) => one.name)).toEqual(['field', 'lake', 'far']);
      const read = await source.maskFor({ name, path: join(folder, name), ...sizeOf(mask) });
      expect(await valuesOf(read)).toEqual(unpacked(mask));
    },
  );
});

describe('a GeoPackage that GDAL wrote', async () => {
  const folder = join(root, 'geopackage');
  const images = join(root, 'geojson');
  const path = join(folder, 'land.gpkg');
  const found = await findImages(images);

  it.each(expected.geojson.map((one) => [one.name, one.mask] as const))(
    'is placed on %s like the same polygons of GeoJSON',
    async (name, mask) => {
      const source = await openSource('gpkg', path, images, found, 'kind');
      expect(source.properties.map((one) => one.name)).toEqual(['fid', 'kind', 'id']);
      expect(source.problems).toHaveLength(1);
      expect(source.classes.map((one) => one.name)).toEqual(['field', 'lake', 'far']);
      const read = await source.maskFor({ name, path: join(images, name), ...sizeOf(mask) });
      expect(await valuesOf(read)).toEqual(unpacked(mask));
    },
  );
});

function sizeOf({ width, height }: PackedMask): { width: number; height: number } {
  return { width, height };
}
