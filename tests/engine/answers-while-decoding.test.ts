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

// Large images in codings that are undone in JavaScript, one call a frame: wherever that is done, nothing
// else is done meanwhile.

const side = 2560;
/**
 * Answers, one after the other, that must come before the images are in. Between calls that take the whole
 * of a thread there is room for some hundreds.
 */
const wanted = 4000;

/** Stripes of 128 px. */
function stripes(count: number, seed: number): Buffer {
  const bytes = Buffer.alloc(count);
  for (let at = 0; at < count; at += 128) bytes.fill((at + seed) % 251, at, at + 128);
  return bytes;
}

/** The like, as PackBits has it: 128 times the same byte. */
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

  it('responds to requests, and draws pictures', async () => {
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
    // Asked for later, it comes before any picture is drawn.
    expect(order[0]).toBe('answer');
  });
});
