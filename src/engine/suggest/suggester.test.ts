import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { tilePixels, tileSide, type MaskTile } from '../../core/mask/tiles.ts';
import { drawScene, drawStrokes, meanDice, tilesOf } from '../../core/suggest/testing/scenes.ts';
import { writePng } from '../../formats/images.ts';
import { openExecutor } from '../devices/open-executor.ts';
import type { FeatureProgress, SuggestRequest } from './protocol.ts';
import { Suggester } from './suggester.ts';
import { bundledTeacher } from '../teachers/bundled-teacher.ts';

const side = 256;
const scene = drawScene('textures', side, 4);
const marks = drawStrokes(scene, 8, 4);
const strokes = tilesOf(marks, side);
const suggester = new Suggester(openExecutor('cpu', 2));
const quiet = { signal: new AbortController().signal, report: () => undefined };
let folder: string;
let request: SuggestRequest;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'understudy-suggest-'));
  const path = join(folder, 'textures.png');
  await writePng(path, scene.image);
  request = {
    image: { path, width: side, height: side },
    preparation: { range: 'auto' },
    teacher: { file: bundledTeacher, sha256: 'bundled' },
    region: { x: 0, y: 0, width: side, height: side },
    level: 0,
    known: [1, 2],
    mask: [],
    strokes,
  };
});
afterAll(async () => {
  await suggester.close();
  await rm(folder, { recursive: true });
});

/** Returns the part of the only tile inside the image. */
function planeOf(tiles: readonly MaskTile[]): Uint8Array {
  const plane = new Uint8Array(side * side);
  for (let row = 0; row < side; row++) {
    const start = row * tileSide;
    plane.set(tiles[0]?.pixels.subarray(start, start + side) ?? [], row * side);
  }
  return plane;
}

/** Returns the accuracy of the best brightness threshold, in either direction. */
function bestThreshold(): number {
  let best = 0;
  for (let threshold = 0; threshold < 256; threshold += 4) {
    for (const above of [0, 1]) {
      const cut = scene.truth.map((_, at) =>
        (scene.image.data[3 * at] ?? 0) > threshold ? above : 1 - above,
      );
      best = Math.max(best, meanDice(cut, scene.truth, marks));
    }
  }
  return best;
}

it('distinguishes two textures of equal brightness', async () => {
  const { tiles, classes } = await suggester.suggest(request, quiet);
  const score = meanDice(planeOf(tiles), scene.truth, marks);
  expect(score).toBeGreaterThan(bestThreshold() + 0.15);
  expect(score).toBeGreaterThan(0.7);
  expect(classes.map(({ value }) => value)).toEqual([1, 0]);
  expect(classes.reduce((sum, { pixels }) => sum + pixels, 0)).toBe(side * side);
  for (const { confidence } of classes) expect(confidence).toBeGreaterThan(0.5);
});

it('keeps the strokes, and proposes nothing outside image and region', async () => {
  const region = { x: 64, y: 32, width: 100, height: 60 };
  const { tiles } = await suggester.suggest({ ...request, region }, quiet);
  const { pixels = new Uint8Array() } = tiles[0] ?? {};
  let [outside, redrawn] = [0, 0];
  for (let at = 0; at < tilePixels; at++) {
    const [x, y] = [at % tileSide, Math.floor(at / tileSide)];
    const mark = x < side && y < side ? (marks[y * side + x] ?? 0) : 0;
    if (x < 64 || x >= 164 || y < 32 || y >= 92) outside += pixels[at] ?? 0;
    else if (mark !== 0 && pixels[at] !== (mark === 255 ? 0 : mark)) redrawn++;
  }
  expect([outside, redrawn]).toEqual([0, 0]);
});

it('gives the same result for the same strokes, whatever was prepared before and however large the region is', async () => {
  const whole = await suggester.suggest(request, quiet);
  const fresh = new Suggester(openExecutor('cpu', 2));
  const region = { x: 100, y: 90, width: 80, height: 100 };
  await fresh.prepare({ ...request, region }, quiet);
  const part = await fresh.suggest({ ...request, region }, quiet);
  const again = await fresh.suggest(request, quiet);
  await fresh.close();
  expect(again.classes).toEqual(whole.classes);
  expect(planeOf(again.tiles)).toEqual(planeOf(whole.tiles));
  const [a, b] = [planeOf(whole.tiles), planeOf(part.tiles)];
  for (let y = 90; y < 190; y++) {
    const [start, end] = [y * side + 100, y * side + 180];
    expect(b.subarray(start, end)).toEqual(a.subarray(start, end));
  }
});

it('agrees with the tiles of a coarser level', async () => {
  const whole = planeOf((await suggester.suggest(request, quiet)).tiles);
  const { tiles } = await suggester.suggest({ ...request, level: 1 }, quiet);
  let differing = 0;
  for (let y = 0; y < side / 2; y++) {
    for (let x = 0; x < side / 2; x++) {
      const value = tiles[0]?.pixels[y * tileSide + x];
      if (value !== whole[(2 * y + 1) * side + 2 * x + 1]) differing++;
    }
  }
  // Strokes are drawn over both; they differ by up to four pixels at their ends.
  expect(differing / (side / 2) ** 2).toBeLessThan(0.01);
});

it('trains on a saved mask if requested, but not on its unknown pixels', async () => {
  const [stroke] = strokes;
  const known = {
    x: 0,
    y: 0,
    pixels: (stroke?.pixels ?? new Uint8Array()).map((v) => (v === 1 ? 1 : v === 255 ? 2 : 0)),
  };
  const unknown = { ...known, pixels: known.pixels.map((v) => (v === 0 ? 255 : v)) };
  const fromMask = await suggester.suggest({ ...request, strokes: [], mask: [known] }, quiet);
  expect(fromMask.classes.map(({ value }) => value)).toEqual([1, 2]);
  expect(await suggester.suggest({ ...request, strokes: [], mask: [unknown] }, quiet)).toEqual(
    fromMask,
  );
});

it.each([
  ['no class', () => 0, 'invalid-labels', /Nothing is marked yet/],
  ['only background', () => 255, 'invalid-labels', /Only background is marked/],
  ['only one class', () => 1, 'invalid-labels', /Only one class is marked/],
  ['a value of no class', (at: number) => (at % 2 ? 255 : 9), 'invalid-option', /value 9/],
])('refuses strokes of %s', async (_, value, code, message) => {
  const pixels = new Uint8Array(tilePixels);
  for (let at = 0; at < 50; at++) pixels[at] = value(at);
  const asked = suggester.suggest({ ...request, strokes: [{ x: 0, y: 0, pixels }] }, quiet);
  await expect(asked).rejects.toMatchObject({
    code,
    message: expect.stringMatching(message) as string,
  });
});

it('analyses an image once, and again if the file has changed', async () => {
  const received: FeatureProgress[] = [];
  const context = { ...quiet, report: (progress: FeatureProgress) => received.push(progress) };
  const path = join(folder, 'changing.png');
  await writePng(path, scene.image);
  const changing = { ...request, image: { ...request.image, path } };
  const before = await suggester.suggest(changing, context);
  const { done, total } = received.at(-1) ?? {};
  expect(total).toBeGreaterThan(20);
  expect(done).toBe(total);
  received.length = 0;
  expect(await suggester.suggest(changing, context)).toEqual(before);
  expect(received).toEqual([]);
  await writePng(path, drawScene('shades', side, 5).image);
  expect(await suggester.suggest(changing, context)).not.toEqual(before);
  expect(received.at(-1)?.total).toBe(total);
});

it('stops between tiles, and resumes from there', async () => {
  const path = join(folder, 'stopped.png');
  await writePng(path, scene.image);
  const stopped = { ...request, image: { ...request.image, path } };
  const controller = new AbortController();
  const report = (): void => {
    controller.abort();
  };
  const asked = suggester.prepare(stopped, { signal: controller.signal, report });
  await expect(asked).rejects.toMatchObject({ code: 'cancelled' });
  let total = 0;
  await suggester.prepare(stopped, { ...quiet, report: (progress) => (total = progress.total) });
  expect(total).toBeGreaterThan(0);
  expect(total).toBeLessThan(36);
});

it('names a missing image', async () => {
  const path = join(folder, 'gone.png');
  const gone = { ...request, image: { ...request.image, path } };
  const asked = suggester.suggest(gone, quiet);
  await expect(asked).rejects.toMatchObject({
    code: 'not-found',
    message: expect.stringContaining(path) as string,
  });
});
