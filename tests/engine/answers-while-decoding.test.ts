import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  encapsulated,
  encapsulatedFile,
  rleFrame,
  syntax,
} from '../../src/formats/testing/dicom-fixtures.ts';
import { tiffBytes } from '../../src/formats/testing/tiff-fixtures.ts';
import { EngineProcess } from '../support/engine-process.ts';
import { temporaryFolder } from './support.ts';

// Large images with codings that are decoded in JavaScript, in one call per frame: the thread that decodes them can
// do nothing else in the meantime.

const side = 2560;
/**
 * Number of consecutive answers that must arrive before the images are imported. Between calls that block a thread
 * completely there is time for several hundred.
 */
const wanted = 4000;

/** Returns an image of stripes, 128 px wide. */
function stripes(count: number, seed: number): Buffer {
  const bytes = Buffer.alloc(count);
  for (let at = 0; at < count; at += 128) bytes.fill((at + seed) % 251, at, at + 128);
  return bytes;
}

/** Returns a similar image in PackBits coding: 128 times the same byte. */
function packed(count: number, seed: number): Buffer {
  const bytes = Buffer.alloc(2 * Math.ceil(count / 128));
  for (let at = 0; at < bytes.length; at += 2) {
    bytes[at] = 129;
    bytes[at + 1] = (at * 7 + seed) % 251;
  }
  return bytes;
}

describe('the engine while large images are imported', async () => {
  const folder = await temporaryFolder();
  const images = join(folder, 'images');
  let engine: EngineProcess;

  beforeAll(async () => {
    await mkdir(images);
    const picture = { rows: side, columns: side, allocated: 16, stored: 12 };
    for (let seed = 0; seed < 3; seed++) {
      const frame = rleFrame([stripes(side * side, seed % 8), stripes(side * side, seed)]);
      const dicom = encapsulatedFile(syntax.rle, picture, encapsulated([frame]));
      await writeFile(join(images, `${seed}.dcm`), dicom);
      const strip = { width: side, height: side, rowsPerStrip: side, compression: 32773 };
      const tiff = tiffBytes([{ ...strip, values: [], blocks: [packed(side * side, seed)] }]);
      await writeFile(join(images, `${seed}.tif`), tiff);
    }
    engine = await EngineProcess.start(join(folder, 'workspace'));
  });
  afterAll(() => engine.stop());

  it('responds to requests, and renders pictures', async () => {
    const made = { name: 'Large', domain: 'medical', task: 'single' } as const;
    const { id: project } = await engine.call('project.create', made);
    const state = { isIn: false };
    const report = engine
      .call('image.import', { project, folder: images, labels: 'none' })
      .finally(() => {
        state.isIn = true;
      });
    let answers = 0;
    while (!state.isIn) {
      await engine.call('workspace.status', null);
      answers++;
    }
    expect(await report).toMatchObject({ added: 6, skipped: [] });
    expect(answers).toBeGreaterThan(wanted);

    const filter = { show: 'all', search: '' } as const;
    const page = await engine.call('image.page', { project, filter, offset: 0, limit: 10 });
    const order: string[] = [];
    const drawn = page.images.map(async ({ id: image }) => {
      await engine.call('image.picture', { image, side: 'whole' });
      order.push('picture');
    });
    for (let at = 0; at < 20; at++) {
      await engine.call('workspace.status', null);
      order.push('answer');
    }
    await Promise.all(drawn);
    // Requested later, but answered before any picture is rendered.
    expect(order[0]).toBe('answer');
  });
});
