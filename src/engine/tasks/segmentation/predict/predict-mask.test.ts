import { appendFile, readFile, stat, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { plainPreparation } from '../../../../core/image/preparation.ts';
import { Random } from '../../../../core/random.ts';
import type { Rectangle } from '../../../../core/mask/tiles.ts';
import { wholeMask } from '../../../../formats/masks/strips.ts';
import type { PreparedImage } from '../../../../formats/raster/prepared-regions.ts';
import { testFolder } from '../../../../formats/raster/testing/test-folder.ts';
import {
  predictionFingerprint,
  predictMask,
  type PredictionSubject,
  type PredictMaskOptions,
  type TileModel,
} from './predict-mask.ts';

const folder = testFolder();
let spools = 0;
const newSpool = () => ({ path: join(folder.path, `${spools++}.spool`), fingerprint: 'one' });

interface Drawn extends PreparedImage {
  readonly reds: Uint8Array;
  readonly asked: Rectangle[];
}

/** Returns an image of random reds below 4, without data where `isNothing` is true. */
function drawn(
  width: number,
  height: number,
  isNothing?: (x: number, y: number) => boolean,
): Drawn {
  const random = new Random(width, height);
  const reds = Uint8Array.from({ length: width * height }, () => random.integer(4));
  const asked: Rectangle[] = [];
  return {
    width,
    height,
    reds,
    asked,
    spacing: null,
    read: (region) => {
      asked.push(region);
      const data = new Uint8Array(region.width * region.height * 3);
      const nothing = new Uint8Array(region.width * region.height);
      for (let at = 0; at < nothing.length; at++) {
        const x = region.x + (at % region.width);
        const y = region.y + Math.floor(at / region.width);
        data[3 * at] = reds[y * width + x] ?? 0;
        nothing[at] = isNothing?.(x, y) === true ? 1 : 0;
      }
      const raster = { width: region.width, height: region.height, channels: 3, data };
      return Promise.resolve({ raster, nothing: nothing.includes(1) ? nothing : null });
    },
  };
}

interface Counted extends TileModel {
  tiles: number;
}

/**
 * Returns a model that classifies pixels by red; with `drift` also by the position in the tile, so that neighbouring
 * tiles disagree.
 */
function modelOf(side: number, batch = 3, drift = 0): Counted {
  const pixels = side * side;
  const random = new Random(side);
  const tilt = Float32Array.from({ length: 4 * pixels }, () => drift * random.uniform());
  return {
    side,
    batch,
    channels: 3,
    outputs: 4,
    tiles: 0,
    run(images, count) {
      expect(images.length).toBe(batch * 3 * pixels);
      const out = new Float32Array(count * 4 * pixels);
      for (let tile = 0; tile < count; tile++) {
        for (let at = 0; at < 4 * pixels; at++) {
          const red = Math.round((images[3 * tile * pixels + (at % pixels)] ?? 0) * 255);
          const isIt = red === Math.floor(at / pixels);
          out[4 * tile * pixels + at] = (isIt ? 1 : 0) + (tilt[at] ?? 0);
        }
      }
      this.tiles += count;
      return Promise.resolve(out);
    },
  };
}

async function predicted(
  model: TileModel,
  image: PreparedImage,
  options: Partial<PredictMaskOptions> = {},
): Promise<Uint8Array> {
  const mask = await predictMask(model, image, { spool: newSpool(), ...options });
  expect([mask.width, mask.height]).toEqual([image.width, image.height]);
  const whole = await wholeMask(mask);
  await mask.close();
  return whole;
}

const isSame = (one: Uint8Array, other: Uint8Array): boolean => Buffer.compare(one, other) === 0;

describe('a mask predicted in tiles', () => {
  test.each([
    [1, 1, 8, 0.5],
    [5, 90, 32, 0.5],
    [90, 5, 32, 0.25],
    [32, 32, 32, 0.5],
    [33, 31, 32, 0.75],
    [600, 530, 64, 0.5],
    [1030, 70, 48, 0],
    [130, 1100, 40, 0.3],
  ])(
    "has the model's class of each pixel: %d × %d in tiles of %d that overlap by %d",
    async (...[width, height, side, overlap]) => {
      const image = drawn(width, height);
      const found = await predicted(modelOf(side), image, { overlap });
      expect(isSame(found, image.reds)).toBe(true);
    },
  );

  test('is 255 at pixels without data; tiles without any data are not computed', async () => {
    const [width, height] = [300, 280];
    const isNothing = (x: number, y: number): boolean => x < 150 || (x + y) % 7 === 0;
    const image = drawn(width, height, isNothing);
    const model = modelOf(50);
    const found = await predicted(model, image, { overlap: 0 });
    const expected = image.reds.map((red, at) =>
      isNothing(at % width, Math.floor(at / width)) ? 255 : red,
    );
    expect(isSame(found, expected)).toBe(true);
    expect(model.tiles).toBe(3 * 6);
  });

  test('reads every row once, from top to bottom, and reports its progress', async () => {
    const image = drawn(200, 333);
    const reports: [number, number][] = [];
    const progress = (done: number, total: number): void => void reports.push([done, total]);
    await predicted(modelOf(32, 40), image, { progress });
    let end = 0;
    for (const { x, y, width, height } of image.asked) {
      expect([x, y, width]).toEqual([0, end, 200]);
      end = y + height;
    }
    expect(end).toBe(333);
    const total = reports.at(-1)?.[1] ?? 0;
    expect(reports.at(-1)).toEqual([total, total]);
    expect(reports.map(([done]) => done)).toEqual(
      [...reports.map(([done]) => done)].sort((a, b) => a - b),
    );
  });

  test('has the same bits for any band width, batch size and earlier prediction', async () => {
    const image = drawn(1100, 600, (x, y) => x > 900 && y < 200);
    const whole = await predicted(modelOf(64, 5, 3), image);
    expect(isSame(whole, image.reds)).toBe(false);
    for (const [budget, batch] of [
      [0, 5],
      [4 * 4 * 64 * 1024, 1],
      [1e9, 100],
    ] as const) {
      const found = await predicted(modelOf(64, batch, 3), image, { budget });
      expect(isSame(found, whole)).toBe(true);
    }
  });

  test('is refused for more classes than a mask can hold', async () => {
    const model = { ...modelOf(8), outputs: 256 };
    await expect(predicted(model, drawn(8, 8))).rejects.toThrow(/256 classes/);
  });

  test('reports an incomplete output of the model', async () => {
    const model = { ...modelOf(8), run: () => Promise.resolve(new Float32Array(7)) };
    await expect(predicted(model, drawn(8, 8))).rejects.toThrow(
      'TileModel: (1, 4, 8, 8) has 256 values, got 7',
    );
  });
});

describe('a stopped prediction', () => {
  const image = drawn(700, 1200);
  const model = (): Counted => modelOf(100, 4, 3);
  // Two bands of 14 rows of tiles, the first of 6 columns and the second of 3.
  const [budget, overlap] = [0, 0.1];
  const fresh = predictedOnce();

  function predictedOnce() {
    let whole: Promise<{ mask: Uint8Array; tiles: number }> | undefined;
    return () =>
      (whole ??= (async () => {
        const one = model();
        return { mask: await predicted(one, image, { budget, overlap }), tiles: one.tiles };
      })());
  }

  /** Stops after a number of tiles and returns the spool. */
  async function stopped(after: number): Promise<PredictMaskOptions['spool']> {
    const spool = newSpool();
    const stop = new AbortController();
    const progress = (done: number): void => {
      if (done >= after) stop.abort();
    };
    const options = { spool, budget, overlap, progress, signal: stop.signal };
    await expect(predictMask(model(), image, options)).rejects.toMatchObject({ code: 'cancelled' });
    return spool;
  }

  test.each([1, 40, 50, 90, 110, 120])(
    'continues with the same result (after %d tiles)',
    async (after) => {
      const { mask, tiles } = await fresh();
      const spool = await stopped(after);
      const second = model();
      const reports: number[] = [];
      const progress = (done: number): void => void reports.push(done);
      const found = await predicted(second, image, { spool, budget, overlap, progress });
      expect(isSame(found, mask)).toBe(true);
      // Only the tiles of unfinished rows of mask tiles are computed again.
      const again = after + second.tiles - tiles;
      expect(again).toBeLessThan(7 * 7);
      expect(reports.at(-1)).toBe(tiles);
    },
  );

  test('is only read if it was already complete', async () => {
    const spool = newSpool();
    const mask = await predicted(model(), image, { spool, budget, overlap });
    const second = model();
    const unread = drawn(700, 1200);
    expect(isSame(await predicted(second, unread, { spool, budget, overlap }), mask)).toBe(true);
    expect([second.tiles, unread.asked.length]).toEqual([0, 0]);
    const last = await predictMask(second, image, { spool, budget, overlap });
    await last.remove();
    await expect(stat(spool.path)).rejects.toMatchObject({ code: 'ENOENT' });
  });

  test('continues where its file was truncated, and starts over if it is damaged', async () => {
    const { mask, tiles } = await fresh();
    const bytes = await readFile((await stopped(120)).path);
    const spool = newSpool();
    const again = async (): Promise<number> => {
      const second = model();
      expect(isSame(await predicted(second, image, { spool, budget, overlap }), mask)).toBe(true);
      return second.tiles;
    };
    await writeFile(spool.path, bytes);
    const whole = await again();
    expect(whole).toBeLessThan(tiles);
    await writeFile(spool.path, bytes);
    await truncate(spool.path, bytes.length - 9);
    const short = await again();
    expect([whole < short, short < tiles]).toEqual([true, true]);
    // Half a record after the last progress record.
    await writeFile(spool.path, bytes);
    await appendFile(spool.path, bytes.subarray(56, 90));
    expect(await again()).toBe(whole);
    for (const at of [3, 40, 60, 100, Math.floor(bytes.length / 2), bytes.length - 20]) {
      const changed = Buffer.from(bytes);
      changed[at] = 255 - (changed[at] ?? 0);
      await writeFile(spool.path, changed);
      expect(await again()).toBe(tiles);
    }
    await writeFile(spool.path, 'no spool');
    expect(await again()).toBe(tiles);
  });

  test('starts over if file, model or overlap changed', async () => {
    const spool = newSpool();
    await predicted(model(), image, { spool, budget, overlap });
    const other = model();
    await predicted(other, image, { spool: { ...spool, fingerprint: 'two' }, budget, overlap });
    expect(other.tiles).toBe((await fresh()).tiles);
    const wider = model();
    await predicted(wider, image, { spool, budget, overlap: 0.2 });
    expect(wider.tiles).toBeGreaterThan(0);
  });
});

test('can be resumed after the image failed midway', async () => {
  const image = drawn(600, 1300);
  const spool = newSpool();
  const failing: PreparedImage = {
    ...image,
    read: (region) =>
      region.y > 900 ? Promise.reject(new Error('the disk is gone')) : image.read(region),
  };
  await expect(predicted(modelOf(64), failing, { spool })).rejects.toThrow('the disk is gone');
  const second = modelOf(64);
  expect(isSame(await predicted(second, image, { spool }), image.reds)).toBe(true);
  expect(second.tiles).toBeLessThan(0.8 * 18 * 40);
});

test('the fingerprint depends on file content, frame, preparation and model', async () => {
  const path = await folder.file('seen.tif', Uint8Array.of(1, 2, 3));
  const subject: PredictionSubject = {
    image: { path, frame: 1 },
    preparation: plainPreparation,
    model: 'abc',
  };
  const first = await predictionFingerprint(subject);
  expect(await predictionFingerprint({ ...subject })).toBe(first);
  const others: PredictionSubject[] = [
    { ...subject, image: { path, frame: 2 } },
    { ...subject, preparation: { bands: [0], range: { kind: 'auto' } } },
    { ...subject, model: 'abd' },
  ];
  for (const other of others) expect(await predictionFingerprint(other)).not.toBe(first);
  await writeFile(path, Uint8Array.of(1, 2, 3, 4));
  expect(await predictionFingerprint(subject)).not.toBe(first);
});
