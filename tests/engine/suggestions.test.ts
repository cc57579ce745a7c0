import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Params } from '../../src/contract/app.ts';
import type { Suggestion } from '../../src/contract/masks.ts';
import { encodeRuns } from '../../src/core/mask/run-length.ts';
import { tilePixels, tileSide } from '../../src/core/mask/tiles.ts';
import { drawScene } from '../../src/core/suggest/testing/scenes.ts';
import { writePng } from '../../src/formats/images.ts';
import { EngineProcess } from '../support/engine-process.ts';
import { temporaryFolder } from './support.ts';

// Suggestions as the app requests them, with the engine and its process.

const side = 320;
const { image, truth } = drawScene('shades', side, 3);

/** Returns every eighth row of every class, as strokes. */
function strokesOf(value: number): Params<'mask.suggest'>['strokes'] {
  const pixels = new Uint8Array(tilePixels);
  for (let at = 0; at < truth.length; at++) {
    const row = Math.floor(at / side);
    if (row % 8 === 0) pixels[row * tileSide + (at % side)] = truth[at] === 1 ? value : 255;
  }
  return [{ x: 0, y: 0, pixels }];
}

/** Returns the share of pixels with the expected value. */
function agreement({ tiles }: Suggestion, value: number): number {
  let right = 0;
  for (let at = 0; at < truth.length; at++) {
    const proposed = tiles[0]?.pixels[Math.floor(at / side) * tileSide + (at % side)];
    if (proposed === (truth[at] === 1 ? value : 0)) right++;
  }
  return right / truth.length;
}

describe('suggestions', async () => {
  const folder = await temporaryFolder();
  let engine: EngineProcess;
  let project: number;
  let id: number;
  let value: number;
  const region = { x: 0, y: 0, width: side, height: side };

  beforeAll(async () => {
    const images = join(folder, 'images');
    await mkdir(images);
    await writePng(join(images, 'shades.png'), image);
    engine = await EngineProcess.start(join(folder, 'workspace'));
    const made = await engine.call('project.create', {
      ...{ name: 'Organs', domain: 'medical', task: 'single', classes: ['organ'] },
    });
    project = made.id;
    value = made.classes[0]?.maskValue ?? 0;
    await engine.call('image.import', { project, folder: images, labels: 'none' });
    const filter = { show: 'all', search: '' } as const;
    const page = await engine.call('image.page', { project, filter, offset: 0, limit: 1 });
    id = page.images[0]?.id ?? 0;
  });
  afterAll(() => engine.stop());

  it('are computed when the image is opened first, and at once afterwards', async () => {
    const progress = engine.next('suggest.progress', ({ done, total }) => done === total);
    await engine.call('mask.prepareSuggestion', { image: id, region });
    expect((await progress).image).toBe(id);
    const received = engine.heard.length;
    const suggested = await engine.call('mask.suggest', {
      ...{ image: id, region, strokes: strokesOf(value) },
    });
    expect(engine.heard.slice(received).map(({ name }) => name)).not.toContain('suggest.progress');
    expect(agreement(suggested, value)).toBeGreaterThan(0.97);
    expect(suggested.classes.map(({ value: own }) => own)).toEqual([value, 0]);
  });

  it('use the saved mask on request', async () => {
    const [marked] = strokesOf(value);
    const onlyClass = marked?.pixels.map((mark) => (mark === 255 ? 0 : mark)) ?? null;
    await engine.call('mask.save', {
      image: id,
      tiles: [{ x: 0, y: 0, runs: onlyClass && encodeRuns(onlyClass) }],
    });
    const onlyBackground = marked?.pixels.map((mark) => (mark === 255 ? 255 : 0));
    const strokes = [{ x: 0, y: 0, pixels: onlyBackground ?? new Uint8Array(tilePixels) }];
    const alone = await engine.ask('mask.suggest', { image: id, region, strokes });
    expect(alone).toMatchObject({ ok: false, error: { code: 'invalid-labels' } });
    const both = await engine.call('mask.suggest', { image: id, region, strokes, useMask: true });
    expect(agreement(both, value)).toBeGreaterThan(0.97);
  });

  it.each([
    ['a region outside the image', () => ({ region: { ...region, x: side } }), /outside the image/],
    [
      'a stroke outside it',
      () => ({ strokes: [{ ...strokesOf(value)[0], x: 1 }] }),
      /tile \(1, 0\)/,
    ],
    ['a value of no class', () => ({ strokes: strokesOf(200) }), /value 200/],
  ])('%s is refused', async (_, change, message) => {
    const plain = { image: id, region, strokes: strokesOf(value) };
    const answer = await engine.ask('mask.suggest', { ...plain, ...change() });
    expect(answer).toMatchObject({
      ...{
        ok: false,
        error: { code: 'invalid-option', message: expect.stringMatching(message) as string },
      },
    });
  });

  it('need a teacher', async () => {
    const { settings } = await engine.call('project.get', { project });
    await engine.call('project.update', { project, settings: { teacher: null } });
    const answer = await engine.ask('mask.suggest', {
      image: id,
      region,
      strokes: strokesOf(value),
    });
    expect(answer).toMatchObject({ ok: false, error: { code: 'not-found' } });
    await engine.call('project.update', { project, settings: { teacher: settings.teacher } });
  });
});
