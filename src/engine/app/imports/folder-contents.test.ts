import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, afterEach, beforeEach, expect, it } from 'vitest';
import { folderContents } from '../../../contract/app.ts';
import { contentsOf } from '../../../contract/testing/folder-contents.ts';
import type { FolderContents } from '../../../contract/app.ts';
import { ImagePool } from '../../image-pool/image-pool.ts';
import { previewFolder } from './folder-contents.ts';

const pool = new ImagePool({ threads: 1 });
afterAll(() => pool.close());

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'understudy-look-'));
});
afterEach(() => rm(folder, { recursive: true }));

async function look(files: Readonly<Record<string, string>>): Promise<FolderContents> {
  for (const [name, content] of Object.entries(files)) {
    await mkdir(dirname(join(folder, name)), { recursive: true });
    await writeFile(join(folder, name), content);
  }
  const signal = new AbortController().signal;
  return folderContents.parse(await previewFolder(folder, pool, signal));
}
const images = (...names: string[]): Record<string, string> =>
  Object.fromEntries(names.map((name) => [name, '']));

it('finds class folders, images outside of them, and test images', async () => {
  const files = images('train/dog/1.png', 'train/cat/1.png', 'test/cat/2.png', 'test/3.png');
  expect(await look(files)).toEqual({
    images: 4,
    hasVolumes: false,
    test: 2,
    masks: 0,
    labelled: 3,
    classCount: 2,
    table: null,
    inner: null,
    maskSources: [],
    classes: [
      { name: 'cat', images: 2 },
      { name: 'dog', images: 1 },
    ],
  });
});

it('finds images next to masks, which are not classes', async () => {
  const files = images(
    ...['train/images/1.png', 'train/images/2.png', 'train/masks/1.png', 'train/masks/2.png'],
    ...['test/images/3.png', 'test/masks/3.png'],
  );
  expect(await look(files)).toEqual(
    contentsOf({
      images: 3,
      test: 1,
      masks: 3,
      maskSources: [{ kind: 'masks', path: folder, files: 3 }],
    }),
  );
});

it('finds a flat folder', async () => {
  expect(await look(images('1.png', '2.png'))).toEqual(contentsOf({ images: 2 }));
});

it('reports if a file may hold several images', async () => {
  expect(await look(images('1.dcm', '2.png'))).toMatchObject({ images: 2, hasVolumes: true });
});

it('finds possible sources of masks', async () => {
  const coco = '{"info": {}, "categories": []}';
  const polygons = '{"type": "FeatureCollection", "features": []}';
  const files = { 'notes.json': '{"a": 1}', 'b/coco.json': coco, 'c.geojson': polygons };
  const { maskSources } = await look({ ...images('1.png'), ...files, 'broken.zip': 'PK' });
  expect(maskSources).toEqual([
    { kind: 'coco', path: join(folder, 'b', 'coco.json'), files: 1 },
    { kind: 'geojson', path: join(folder, 'c.geojson'), files: 1 },
  ]);
});

it('finds a table with labels, and ignores others', async () => {
  const tables = { 'a.csv': 'name,age\n', 'b.TSV': '\uFEFFLabel\tPath\tgroup\n', 'c.csv': '' };
  expect(await look({ ...images('1.png'), ...tables })).toMatchObject({
    table: join(folder, 'b.TSV'),
  });
});

it.each([
  ['classes', ['data/cat/1.png', 'data/dog/1.png'], 'data'],
  ['splits', ['data/train/cat/1.png', 'data/test/cat/1.png'], 'data'],
  ['images and masks', ['nuclei/images/1.png', 'nuclei/masks/1.png'], 'nuclei'],
])('suggests the single subfolder with %s inside', async (_, names, inner) => {
  expect((await look(images(...names))).inner).toBe(join(folder, inner));
});

it.each([
  ['a class of its own', ['cat/1.png', 'cat/2.png']],
  ['next to images', ['data/cat/1.png', 'data/dog/1.png', '1.png']],
  ['a split', ['train/cat/1.png', 'train/dog/1.png']],
])('suggests no subfolder if it is %s', async (_, names) => {
  expect((await look(images(...names))).inner).toBeNull();
});

it('can be stopped, and reports a folder without images', async () => {
  const stopped = expect.objectContaining({ code: 'cancelled' }) as Error;
  await expect(previewFolder(folder, pool, AbortSignal.abort())).rejects.toThrow(stopped);
  await expect(look({})).rejects.toThrow(/holds no images/);
});
