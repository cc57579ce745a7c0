import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { plainPreparation } from '../../core/image/preparation.ts';
import { writePng } from '../../formats/images.ts';
import { openRasters } from './raster-store.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'understudy-rasters-'));
});
afterAll(() => rm(folder, { recursive: true }));

/** Opens images, those in `even` of a single shade, and returns the notices. */
async function opened(even: readonly boolean[]): Promise<string[]> {
  const images = even.map((_, index) => ({
    path: join(folder, `${even.join('')}-${index}.png`),
    name: `${index}.png`,
    labels: [],
    isLabelled: false,
    split: undefined,
  }));
  for (const [index, { path }] of images.entries()) {
    const data = Uint8Array.from({ length: 48 }, (_, at) => (even[index] === true ? 9 : at));
    await writePng(path, { width: 4, height: 4, channels: 3, data });
  }
  const messages: string[] = [];
  await openRasters(images, 4, plainPreparation, 1e6, {
    signal: new AbortController().signal,
    report: (event) => {
      if (event.type === 'notice') messages.push(event.message);
    },
  });
  return messages;
}

it('reports how many images have a single shade, and the first of them', async () => {
  expect(await opened([false, false])).toEqual([]);
  const messages = await opened([false, true, true, false]);
  expect(messages).toEqual([
    expect.stringMatching(/^With .*, 2 of 4 images are a single shade.*-1\.png: /),
  ]);
});

it('fails if all images have a single shade', async () => {
  await expect(opened([true, true])).rejects.toMatchObject({
    code: 'invalid-option',
    message: expect.stringMatching(/2 of 2 images .* No training images are left/) as string,
  });
});
