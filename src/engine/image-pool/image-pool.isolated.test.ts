import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import process from 'node:process';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import { afterEach, describe, expect, it, onTestFinished } from 'vitest';
import { preparationOf } from '../../core/image/preparation.ts';
import { DecodeBudget, freePlace, newPlaceInBudget } from '../../formats/files/decode-budget.ts';
import { readImage } from '../../formats/images.ts';
import { pngFile } from '../../formats/testing/image-fixtures.ts';
import { sharp } from '../../formats/libvips.ts';
import { encodePicture, readThumbnail } from '../../formats/pictures.ts';
import { pictureFile, syntax } from '../../formats/testing/dicom-fixtures.ts';
import { niftiFile } from '../../formats/raster/nifti/nifti-fixtures.ts';
import { openImage } from '../../formats/raster/open.ts';
import { testFolder } from '../../formats/raster/testing/test-folder.ts';
import { readImages } from '../app/imports/import-images.ts';
import { ImagePool } from './image-pool.ts';
import type { PoolOptions } from './image-pool.ts';

const folder = testFolder();
const preparation = { range: 'auto' };
const faultyThread = join(import.meta.dirname, '..', 'testing', 'faulty-thread.ts');

let pools: ImagePool[] = [];
afterEach(async () => {
  await Promise.all(pools.map((pool) => pool.close()));
  pools = [];
});
function pool(options: Partial<PoolOptions> = {}): ImagePool {
  const made = new ImagePool({ threadFile: faultyThread, threads: 2, graceMs: 50, ...options });
  pools.push(made);
  return made;
}

const png = (seed: number): Buffer =>
  pngFile({ width: 6, height: 5, channels: 1, bits: 8, values: range(30, seed) });
const range = (count: number, start = 0): number[] =>
  Array.from({ length: count }, (_, at) => (start + at) % 251);

/** Images as an import lists them. */
const listed = (paths: readonly string[], frame?: number) =>
  paths.map((path) => ({
    path,
    name: path.slice(folder.path.length + 1),
    frame,
    labels: [],
    isLabelled: false,
    group: undefined,
    isTest: false,
  }));

async function readAll(paths: readonly string[], through: ImagePool) {
  const problems: { path: string; reason: string }[] = [];
  const { signal } = new AbortController();
  const skip = ({ path, reason }: (typeof problems)[number]): void =>
    void problems.push({ path, reason });
  const images = await readImages(listed(paths), preparation, signal, skip, through);
  return { names: images.map(({ name }) => name), problems };
}

/** Id of the thread that runs a request; `name` becomes part of the request. */
const threadOf = (through: ImagePool, name: string, file?: string): Promise<unknown> =>
  through.run('describe', { path: `thread ${name}` }, { subject: name, file });

describe('results of threads', () => {
  it('are the same as those of this thread', async () => {
    const pixels = { rows: 40, columns: 50, allocated: 16, stored: 12 };
    const dicom = pictureFile(
      syntax.explicit,
      pixels,
      range(2000).map((value) => 16 * value),
    );
    const jpeg = await sharp(Buffer.from(range(900 * 300 * 3)), {
      raw: { width: 900, height: 300, channels: 3 },
    })
      .jpeg()
      .toBuffer();
    const volume = niftiFile({ shape: [6, 7, 3], type: 'int16', values: range(126) });
    const places = [
      { path: await folder.file('a.dcm', dicom) },
      { path: await folder.file('a.jpg', jpeg) },
      { path: await folder.file('a.png', png(1)) },
      { path: await folder.file('a.nii', volume), frame: 2 },
    ];
    const through = pool();
    for (const place of places) {
      const subject = place.path;
      const [indexed] = await through.run('index', { images: [place], preparation }, { subject });
      const file = await openImage(place.path);
      const seen = preparationOf(preparation);
      const bytes = await readFile(place.path);
      expect(indexed).toEqual({
        ok: true,
        image: {
          sha256: new Uint8Array(createHash('sha256').update(bytes).digest()),
          bytes: bytes.length,
          modified: expect.any(Number) as number,
          width: file.header.width,
          height: file.header.height,
          thumbnail: await readThumbnail(file, seen, place.frame),
        },
      });
      await file.close();
      const picture = await through.run('picture', { ...place, preparation }, { subject });
      expect(picture).toEqual(await encodePicture(await readImage(place), 2048, 92));
    }
  });

  it('include UserErrors', async () => {
    const path = join(folder.path, 'gone.png');
    const drawn = pool().run('picture', { path, preparation }, { subject: path });
    await expect(drawn).rejects.toMatchObject({
      name: 'UserError',
      code: 'not-found',
      details: 'ENOENT',
      message: `${path} was not found. Check the path.`,
    });
  });

  it('include defects as such', async () => {
    const path = await folder.file('b.png', png(2));
    const drawn = pool().run('picture', { path, preparation: { range: 'odd' } }, { subject: path });
    await expect(drawn).rejects.toThrow(/inside Understudy: .*"odd" is not a range/);
  });
});

describe('a lost thread', () => {
  it.each([
    ['crashing', /crashing\.png crashed the process that reads files/],
    ['throwing', /throwing\.png crashed the process that reads files/],
    ['greedy', /greedy\.png needs more memory to read than one file may use/],
  ])('affects only the %s file', async (name, sentence) => {
    const through = pool({ heapMiB: 48 });
    const paths = await Promise.all(
      ['a', name, 'b', 'c', 'd', 'e'].map((file, at) => folder.file(`${file}.png`, png(at))),
    );
    const { names, problems } = await readAll(paths, through);
    expect(names).toEqual(['a.png', 'b.png', 'c.png', 'd.png', 'e.png']);
    expect(problems).toEqual([
      { path: join(folder.path, `${name}.png`), reason: expect.stringMatching(sentence) as string },
    ]);
  });

  it('affects only the hanging file, after a while', async () => {
    // Longer than the start of a thread on a busy machine.
    const through = pool({ patienceMs: 10_000 });
    const path = await folder.file('hanging.png', png(0));
    const { problems } = await readAll([path], through);
    expect(problems).toEqual([
      {
        path,
        reason: `Reading ${path} was stopped: it did not finish within 10 seconds. It may be damaged; copy it again or remove it.`,
      },
    ]);
    const { names } = await readAll([await folder.file('well.png', png(1))], through);
    expect(names).toEqual(['well.png']);
  });

  it('is not risked again at once for the same file', async () => {
    const through = pool({ threads: 1 });
    const path = await folder.file('crashing.png', png(0));
    await readAll([path], through);
    const before = await threadOf(through, 'before');
    expect((await readAll([path], through)).problems).toHaveLength(1);
    expect(await threadOf(through, 'after')).toBe(before);
  });

  it('is reported even if it cannot start', async () => {
    const through = pool({ threadFile: join(folder.path, 'no-such-thread.ts') });
    await expect(threadOf(through, 'a')).rejects.toThrow(/crashed the process/);
    await expect(threadOf(through, 'b')).rejects.toThrow(/crashed the process/);
  });
});

describe('stopping', () => {
  it('answers at once, drops waiting tasks, and ends running ones', async () => {
    const through = pool({ threads: 1 });
    const first = await threadOf(through, 'first');
    const controller = new AbortController();
    const { signal } = controller;
    const run = (name: string): Promise<unknown> =>
      through.run('describe', { path: name }, { subject: name, signal });
    const all = Promise.allSettled([run('hanging'), run('thread that waits')]);
    setTimeout(() => {
      controller.abort();
    }, 20);
    for (const outcome of await all) {
      expect(outcome).toMatchObject({ status: 'rejected', reason: { code: 'cancelled' } });
    }
    expect(await threadOf(through, 'next')).not.toBe(first);
    // A file whose task was cancelled is not refused afterwards.
    expect(await threadOf(through, 'hanging'.slice(1))).toBeTypeOf('number');
  });

  it('ends the current task of a pool', async () => {
    const through = pool();
    const drawn = through.run('describe', { path: 'hanging' }, { subject: 'a' });
    const refused = expect(drawn).rejects.toMatchObject({ code: 'cancelled' });
    await through.close();
    await refused;
    await expect(threadOf(through, 'late')).rejects.toMatchObject({ code: 'cancelled' });
  });

  it('is not needed for the process to end', async () => {
    const script = join(import.meta.dirname, '..', 'testing', 'one-picture.ts');
    const path = await folder.file('c.png', png(3));
    const { stdout } = await promisify(execFile)(process.execPath, [script, path], {
      timeout: 150_000,
    });
    expect(stdout).toMatch(/^[1-9]\d* bytes\n$/);
  });
});

describe('distribution of tasks', () => {
  it('sends slices of a file to one thread, others to all', async () => {
    const through = pool();
    const slow = through.run('describe', { path: 'slow' }, { subject: 'slow', file: 'volume' });
    const slices = Promise.all([1, 2, 3].map((at) => threadOf(through, `${at}`, 'volume')));
    const other = await threadOf(through, 'other');
    const [first, ...rest] = await slices;
    await slow;
    expect(new Set([first, ...rest]).size).toBe(1);
    expect(other).not.toBe(first);
  });

  it('prefers urgent tasks, which have a thread of their own', async () => {
    const through = pool({ threads: 1 });
    const order: string[] = [];
    // The only thread works on the first task until this file exists.
    const released = join(folder.path, 'held until this');
    const run = async (name: string, path: string, turn?: 'now'): Promise<void> => {
      await through.run('describe', { path }, { subject: name, ...(turn && { turn }) });
      order.push(name);
    };
    const waiting = ['first', 'second', 'third'].map((name) => run(name, released));
    await run('urgent', 'thread', 'now');
    expect(order).toEqual(['urgent']);
    await writeFile(released, '');
    await Promise.all(waiting);
    expect(order).toEqual(['urgent', 'first', 'second', 'third']);
  });

  it('unused threads end, and start again', async () => {
    const through = pool({ threads: 1, idleMs: 30 });
    const first = await threadOf(through, 'first');
    await expect.poll(() => threadOf(through, 'again'), { interval: 200 }).not.toBe(first);
  });
});

describe('memory for decoded images', () => {
  const mebibyte = 2 ** 20;
  /** Images of 36 MB decoded: two of them exceed the bound of these tests. */
  async function largeImages(count: number): Promise<string[]> {
    const create = { width: 4000, height: 3000, channels: 3, background: '#345' } as const;
    const bytes = await sharp({ create }).png({ compressionLevel: 1 }).toBuffer();
    const paths = Array.from({ length: count }, (_, at) => join(folder.path, `large-${at}.png`));
    for (const path of paths) await writeFile(path, bytes);
    return paths;
  }

  /** Limits this process's decode budget to 64 MiB until the test ends, and returns a slot in it. */
  function boundedPlace() {
    const place = newPlaceInBudget();
    const usual = Atomics.exchange(place.memory, 0, 64 * 1024);
    onTestFinished(() => {
      freePlace(place);
      Atomics.store(place.memory, 0, usual);
    });
    return place;
  }

  it('is a single budget for all threads', async () => {
    const { memory } = boundedPlace();
    const paths = await largeImages(6);
    let [most, before] = [0, 0];
    const timer = setInterval(() => {
      let held = 0;
      for (let at = 2; at < memory.length; at += 2) held += Atomics.load(memory, at);
      // A share that two threads tried to take is released at once, so single peaks are ignored.
      most = Math.max(most, Math.min(before, held));
      before = held;
    }, 1);
    const through = pool({ threads: 4 });
    const read = await readAll(paths, through);
    clearInterval(timer);
    expect(read).toMatchObject({ problems: [] });
    expect(read.names).toHaveLength(6);
    expect(most).toBeGreaterThan(34 * 1024);
    expect(most).toBeLessThan(64 * 1024);
  });

  it('can be waited for without counting as hanging', async () => {
    const place = boundedPlace();
    const [path = ''] = await largeImages(1);
    const alive = (): void => undefined;
    const release = await new DecodeBudget(place).take(64 * mebibyte, { alive });
    const through = pool({ threads: 1, patienceMs: 4000 });
    const thumbnail = through.run('thumbnail', { path, preparation }, { subject: path });
    const still = Symbol('still');
    expect(await Promise.race([thumbnail, delay(8500, still)])).toBe(still);
    release();
    expect((await thumbnail).length).toBeGreaterThan(100);
  });

  it('is released when a thread is ended while it waits or decodes', async () => {
    const place = boundedPlace();
    const [path = ''] = await largeImages(1);
    const alive = (): void => undefined;
    const release = await new DecodeBudget(place).take(64 * mebibyte, { alive });
    const through = pool({ threads: 1 });
    const controller = new AbortController();
    const { signal } = controller;
    const unwanted = through.run('thumbnail', { path, preparation }, { subject: path, signal });
    await expect
      .poll(() => place.memory.some((value, at) => at > 2 && at % 2 === 1 && value > 0))
      .toBe(true);
    controller.abort();
    await expect(unwanted).rejects.toMatchObject({ code: 'cancelled' });
    await expect
      .poll(() => place.memory.every((value, at) => at < 3 || at % 2 === 0 || value === 0))
      .toBe(true);
    release();
    const wanted = through.run('thumbnail', { path, preparation }, { subject: path });
    expect((await wanted).length).toBeGreaterThan(100);
  });
});
