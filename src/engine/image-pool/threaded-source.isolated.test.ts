import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, afterEach, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { pngFile } from '../../formats/testing/image-fixtures.ts';
import { findImages } from '../../formats/image-folder.ts';
import type { MaskSource } from '../../formats/masks/mask-source.ts';
import { openMaskSource } from '../../formats/masks/open-source.ts';
import { ImagePool } from './image-pool.ts';
import { LostThread } from './lost-thread.ts';
import { openInThread, type ThreadedOptions } from './threaded-source.ts';

const faultyThread = join(import.meta.dirname, '..', 'testing', 'faulty-thread.ts');
const pool = new ImagePool({ threadFile: faultyThread, threads: 1 });
afterAll(() => pool.close());

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'understudy-apart-'));
});
afterEach(() => rm(folder, { recursive: true }));

const image = (width: number, height: number, value: number): Buffer =>
  pngFile({ width, height, channels: 1, bits: 8, values: filled(width * height, value) });
const filled = (count: number, value: number): number[] => new Array<number>(count).fill(value);

async function put(files: Readonly<Record<string, Buffer | string>>): Promise<void> {
  for (const [name, content] of Object.entries(files)) {
    await mkdir(dirname(join(folder, name)), { recursive: true });
    await writeFile(join(folder, name), content);
  }
}

async function open(
  kind: 'masks' | 'coco',
  path: string,
  options: Partial<ThreadedOptions> = {},
  signal?: AbortSignal,
): Promise<MaskSource> {
  const found = await findImages(folder);
  const request = { path, folder, found, property: null, signal };
  const source = await openInThread(kind, request, { pool, ...options });
  onTestFinished(() => source.close());
  return source;
}

/** Returns a COCO file with one annotation per name that covers the whole image. */
function coco(names: readonly string[], width: number, height: number): string {
  return JSON.stringify({
    images: names.map((file_name, id) => ({ id, file_name, width, height })),
    annotations: names.map((_, id) => ({
      id,
      image_id: id,
      category_id: 1,
      segmentation: { size: [height, width], counts: [0, width * height] },
    })),
    categories: [{ id: 1, name: 'one' }],
  });
}

describe('a source in a thread', () => {
  it('returns the same as in this thread', async () => {
    await put({
      'images/a.png': image(6, 5, 1),
      'images/b.png': image(6, 5, 2),
      'masks/a.png': image(6, 5, 3),
      'masks/b.png': image(4, 4, 3),
      'masks/c.png': 'no image',
    });
    const found = await findImages(folder);
    const here = await openMaskSource('masks', { path: folder, folder, found, property: null });
    const there = await open('masks', folder);
    const { kind, claimed, classes, samples, images, isComplete, table, problems } = here;
    expect(samples).toHaveLength(2);
    expect(table?.stored).not.toEqual([]);
    const facts = { kind, claimed, classes, samples, images, isComplete, table, problems };
    expect(there).toMatchObject(facts);
    expect(await there.misfits?.()).toEqual(await here.misfits?.());
    for (const { path } of found) expect(there.labelsOf(path)).toEqual(here.labelsOf(path));
    const a = { name: 'images/a.png', path: join(folder, 'images', 'a.png'), width: 6, height: 5 };
    const [mask, own] = [await there.maskFor(a), await here.maskFor(a)];
    expect(await mask?.tile(0, 0)).toEqual(await own?.tile(0, 0));
    expect([mask?.notes(), mask?.classes]).toEqual([own?.notes(), own?.classes]);
    const b = { ...a, path: join(folder, 'images', 'b.png') };
    await expect(there.maskFor(b)).rejects.toMatchObject({
      name: 'UserError',
      code: 'invalid-labels',
    });
    await own?.close();
    await here.close();
  });

  it('returns large masks in parts, whatever the order of requested tiles', async () => {
    const [width, height] = [20 * 512 + 3, 5 * 512 + 7];
    await put({ 'a.png': image(2, 2, 1), 'labels.json': coco(['a.png'], width, height) });
    const source = await open('coco', join(folder, 'labels.json'));
    const mask = await source.maskFor({
      name: 'a.png',
      path: join(folder, 'a.png'),
      width,
      height,
    });
    for (const [x, y] of [
      ...[[0, 0] as const, [20, 5] as const],
      ...[[3, 3] as const, [4, 3] as const, [20, 0] as const],
    ]) {
      const tile = await mask?.tile(x, y);
      expect(tile?.reduce((sum, value) => sum + value, 0)).toBe(
        Math.min(512, width - 512 * x) * Math.min(512, height - 512 * y),
      );
    }
  });

  it.each(['crashing', 'greedy'])(
    'leaves out only the mask that caused a %s thread',
    async (name) => {
      await put({
        'images/a.png': image(6, 5, 1),
        'masks/a.png': image(6, 5, 3),
        [`images/${name}.png`]: image(6, 5, 2),
        [`masks/${name}.png`]: image(6, 5, 3),
      });
      const small = new ImagePool({ threadFile: faultyThread, threads: 1, heapMiB: 48 });
      onTestFinished(() => small.close());
      const lost: (string | undefined)[] = [];
      const source = await open('masks', folder, {
        pool: small,
        lose: ({ subject }) => void lost.push(subject),
      });
      const path = join(folder, 'masks', `${name}.png`);
      expect(source.problems).toMatchObject([{ path }]);
      expect(source).toMatchObject({ images: 1, classes: [{ number: 3, count: 1 }] });
      expect(lost).toEqual([path]);
    },
  );

  it('loses only its own file if that crashes the thread', async () => {
    await put({ 'a.png': image(2, 2, 1), 'crashing.json': coco(['a.png'], 2, 2) });
    const path = join(folder, 'crashing.json');
    await expect(open('coco', path, { thread: { threadFile: faultyThread } })).rejects.toSatisfy(
      (error) => error instanceof LostThread && error.message.startsWith(path),
    );
  });

  it('is opened again for other images after one crashed its thread, but not endlessly', async () => {
    const names = ['a.png', 'crashing.png', 'b.png'];
    await put({ 'labels.json': coco(names, 2, 2) });
    for (const [index, name] of names.entries()) await put({ [name]: image(2, 2, index) });
    const found = (await findImages(folder)).filter(({ name }) => name !== 'crashing.png');
    const source = await openInThread(
      'coco',
      { path: join(folder, 'labels.json'), folder, found, property: null },
      { pool, thread: { threadFile: faultyThread } },
    );
    onTestFinished(() => source.close());
    const maskFor = (name: string) =>
      source.maskFor({ name, path: join(folder, name), width: 2, height: 2 });
    for (let time = 0; time < 2; time++) {
      await expect(maskFor('crashing.png')).rejects.toThrow(LostThread);
      expect(await (await maskFor('b.png'))?.tile(0, 0)).not.toBeNull();
    }
    await expect(maskFor('crashing.png')).rejects.toThrow(LostThread);
    await expect(maskFor('b.png')).rejects.toThrow(LostThread);
  });

  it('is stopped at once, whatever it is doing', async () => {
    await put({ 'a.png': image(2, 2, 1), 'hanging.json': coco(['a.png'], 2, 2) });
    const controller = new AbortController();
    const { signal } = controller;
    setTimeout(() => {
      controller.abort();
    }, 50);
    const opened = open(
      'coco',
      join(folder, 'hanging.json'),
      { thread: { threadFile: faultyThread } },
      signal,
    );
    await expect(opened).rejects.toMatchObject({ code: 'cancelled' });
  });

  it('leaves no mark of files once it is closed', async () => {
    await put({ 'a.png': image(2, 2, 1), 'labels.json': coco(['a.png'], 2, 2) });
    const marks = join(folder, 'marks');
    const source = await open('coco', join(folder, 'labels.json'), { thread: { marks } });
    expect(await readdir(marks)).toHaveLength(1);
    await source.close();
    expect(await readdir(marks)).toEqual([]);
  });
});
