import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { pngFile } from './testing/image-fixtures.ts';
import { withImage } from './open-images.ts';
import type { ImageFile } from './raster/image-file.ts';
import { niftiFile } from './raster/nifti/nifti-fixtures.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'understudy-open-'));
});
afterAll(() => rm(folder, { recursive: true }));

const same = (file: ImageFile): Promise<ImageFile> => Promise.resolve(file);

async function volume(name: string, slices: number): Promise<string> {
  const path = join(folder, name);
  const values = Array.from({ length: 4 * slices }, (_, at) => at);
  await writeFile(path, niftiFile({ shape: [2, 2, slices], type: 'uint8', values }));
  return path;
}

test('a file of slices stays open between slices, also for several readers at a time', async () => {
  const path = await volume('a.nii', 4);
  const first = await withImage(path, same);
  const others = await Promise.all([withImage(path, same), withImage(path, same)]);
  expect(others.every((file) => file === first)).toBe(true);
  expect((await first.read({ frame: 3 })).width).toBe(2);
});

test('a replaced file is noticed', async () => {
  const path = await volume('b.nii', 4);
  const first = await withImage(path, same);
  await volume('b.nii', 7);
  const second = await withImage(path, same);
  expect([first.header.frames, second.header.frames]).toEqual([4, 7]);
});

test('a file of one image is closed at once, and the oldest of many when others are opened', async () => {
  const path = join(folder, 'one.png');
  await writeFile(path, pngFile({ width: 1, height: 1, channels: 1, bits: 8, values: [7] }));
  const single = await withImage(path, same);
  await expect(single.read()).rejects.toMatchObject({ code: 'cancelled' });
  const names = ['c', 'd', 'e', 'f', 'g'].map((name) => `${name}.nii`);
  const files: ImageFile[] = [];
  for (const name of names) files.push(await withImage(await volume(name, 3), same));
  await expect(files[0]?.read()).rejects.toMatchObject({ code: 'cancelled' });
  expect((await files.at(-1)?.read())?.width).toBe(2);
});
