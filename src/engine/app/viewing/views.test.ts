import { readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { imageTile, viewedImage } from '../../../contract/image-view.ts';
import { pictureFile, syntax } from '../../../formats/testing/dicom-fixtures.ts';
import type { Entry } from '../../../formats/testing/dicom-fixtures.ts';
import { openImage } from '../../../formats/raster/open.ts';
import { testFolder } from '../../../formats/raster/testing/test-folder.ts';
import { long, tiffBytes } from '../../../formats/testing/tiff-fixtures.ts';
import { addProject, newImage } from '../../../store/testing/fixtures.ts';
import { temporaryStore } from '../../../store/testing/temporary-store.ts';
import { ImagePool } from '../../image-pool/image-pool.ts';
import { Pictures } from './pictures.ts';
import { Views } from './views.ts';

const files = testFolder();
const never = new AbortController().signal;
const pool = new ImagePool({ threads: 1 });

afterAll(() => pool.close());

/** Returns a slice of a series, at a height in mm. */
function slice(series: string, height: number | null, shade: number): Buffer {
  const placed: Entry[] =
    height === null
      ? []
      : [
          [0x00200032, 'DS', `0\\0\\${height}`],
          [0x00200037, 'DS', '1\\0\\0\\0\\1\\0'],
        ];
  return pictureFile(syntax.explicit, { rows: 4, columns: 4 }, new Uint8Array(16).fill(shade), [
    [0x00080060, 'CS', 'CT'],
    [0x0020000e, 'UI', series],
    [0x00281052, 'DS', '-1024'],
    [0x00281053, 'DS', '1'],
    ...placed,
  ]);
}

/** Creates a project with these images, each the neighbour of the next, and its viewer. */
async function viewed(
  images: readonly { name: string; bytes: Uint8Array; frames?: number }[],
): Promise<{
  ids: number[];
  views: Views;
  events: unknown[];
  store: ReturnType<typeof temporaryStore>;
}> {
  const store = temporaryStore();
  const { id } = addProject(store, ['x'], 'single');
  const rows = [];
  for (const [index, { name, bytes, frames = 1 }] of images.entries()) {
    await files.file(name, bytes);
    const { width, height } = (await opened(name)).header;
    for (let frame = 0; frame < frames; frame++) {
      const place = frames === 1 ? { name } : { name: `${name}#${frame + 1}`, frame };
      const sha256 = Buffer.alloc(32, index + 1);
      rows.push({ ...newImage(name, {}), ...place, sha256, width, height, folder: files.path });
    }
  }
  const ids = store.images.add(id, rows).map((added) => added.id);
  const events: unknown[] = [];
  const views = new Views(store, pool, (name, content) => events.push([name, content]));
  return { ids, views, events, store };
}

async function opened(name: string): ReturnType<typeof openImage> {
  const file = await openImage(join(files.path, name));
  await file.close();
  return file;
}

test('a stack consists of the files of one series, ordered by position and not by name', async () => {
  const { ids, views } = await viewed([
    { name: 'a.dcm', bytes: slice('1.2', 30, 1) },
    { name: 'b.dcm', bytes: slice('1.2', -10, 2) },
    { name: 'c.dcm', bytes: slice('1.3', 0, 3) },
    { name: 'd.dcm', bytes: slice('1.2', 5, 4) },
  ]);
  const [a = 0, b = 0, c = 0, d = 0] = ids;
  expect(await views.stack(a, never)).toEqual([b, d, a]);
  expect(await views.stack(c, never)).toEqual([c]);
});

test('a stack without positions is ordered by name', async () => {
  const names = ['s10.dcm', 's2.dcm', 's1.dcm'];
  const { ids, views } = await viewed(
    names.map((name, index) => ({ name, bytes: slice('1.9', null, index) })),
  );
  const [ten = 0, two = 0, one = 0] = ids;
  expect(await views.stack(two, never)).toEqual([one, two, ten]);
});

test('slices of a file form a stack; other images have none', async () => {
  const grey = (shade: number) => ({ width: 3, height: 2, values: Array<number>(6).fill(shade) });
  const { ids, views } = await viewed([
    { name: 'pages.tif', bytes: tiffBytes([grey(1), grey(2), grey(3)]), frames: 3 },
    { name: 'alone.tif', bytes: tiffBytes([grey(9)]) },
  ]);
  expect(await views.stack(ids[1] ?? 0, never)).toEqual(ids.slice(0, 3));
  expect(await views.stack(ids[3] ?? 0, never)).toEqual([ids[3]]);
  const request = { level: 0, x: 0, y: 0, bands: [0] };
  expect([...(await views.tile(ids[2] ?? 0, request, never)).values]).toEqual([3, 3, 3, 3, 3, 3]);
});

test('the description of an image fits the contract, and contains nothing about a patient', async () => {
  const { ids, views } = await viewed([
    { name: 'a.dcm', bytes: slice('1.2.77', 5, 1) },
    { name: 'b.dcm', bytes: slice('1.2.77', 6, 2) },
    { name: 'c.dcm', bytes: slice('1.2.78', 5, 1) },
  ]);
  const names = await Promise.all(ids.map(async (id) => (await views.open(id)).series));
  // Series are distinguished without revealing which they are.
  expect([names[0] === names[1], names[0] === names[2]]).toEqual([true, false]);
  const found = viewedImage.parse(await views.open(ids[0] ?? 0));
  expect(found.display.unit).toBe('HU');
  expect(JSON.stringify(found)).not.toContain('1.2.77');
  const tile = await views.tile(ids[0] ?? 0, { level: 0, x: 0, y: 0, bands: [0] }, never);
  expect(imageTile.parse(tile).values).toHaveLength(16);
  const wrong = views.tile(ids[0] ?? 0, { level: 3, x: 0, y: 0, bands: [0] }, never);
  await expect(wrong).rejects.toMatchObject({ code: 'invalid-option' });
});

test('smaller copies are made once, reported, and deleted with the image', async () => {
  const page = (width: number, height: number, more: readonly ReturnType<typeof long>[] = []) => ({
    width,
    height,
    fields: more,
    values: Array.from({ length: width * height }, (_, at) => at % 251),
  });
  const bytes = tiffBytes([page(4400, 6), page(2200, 3, [long(254, 1)])]);
  const { ids, views, events, store } = await viewed([{ name: 'wide.tif', bytes }]);
  const id = ids[0] ?? 0;
  const { levels } = await views.open(id);
  const last = { level: levels.length - 1, x: 0, y: 0, bands: [0] };
  const [one, other] = await Promise.all([
    views.tile(id, last, never),
    views.tile(id, last, never),
  ]);
  expect([...one.values]).toEqual([...other.values]);
  expect(events).toEqual([['image.levels', { image: id, done: 3, total: 3 }]]);
  const folder = join(store.folder, 'levels');
  const kept = async (): Promise<string[]> =>
    (await readdir(folder, { recursive: true })).filter((name) => name.endsWith('.levels'));
  expect(await kept()).toHaveLength(1);
  const again = new Views(store, pool, (name, content) => events.push([name, content]));
  expect([...(await again.tile(id, last, never)).values]).toEqual([...one.values]);
  expect(events).toHaveLength(1);
  // A truncated cache is built again.
  await writeFile(join(folder, (await kept())[0] ?? ''), 'short');
  expect([...(await again.tile(id, last, never)).values]).toEqual([...one.values]);
  await new Pictures(store.folder, pool).forget([Buffer.alloc(32, 1)]);
  expect(await kept()).toEqual([]);
  await rm(folder, { recursive: true });
});
