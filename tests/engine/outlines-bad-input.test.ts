import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { distill } from '../../src/engine/jobs/distill.ts';
import { writePng } from '../../src/formats/images.ts';
import { outlineFolder, outlineRequest, writePair, writePairs } from './outlined-folder.ts';
import { watch, writeText } from './support.ts';

describe('a segmentation job refuses or reports', async () => {
  const folder = await outlineFolder();
  const train = join(folder, 'train');

  it('a mask of another size, by name, and trains on the others', async () => {
    const images = join(folder, 'differs');
    await writePairs(images, 6, 4);
    await writePng(join(images, 'masks', '03.png'), {
      ...{ width: 9, height: 9, channels: 1, data: new Uint8Array(81) },
    });
    const watched = watch();
    const request = outlineRequest(folder, {
      ...{ images: join(images, 'images'), steps: 1, decoderSteps: 1 },
      out: join(folder, 'differs-out'),
    });
    const summary = await distill(request, watched);
    expect(summary.images.labelled).toBe(5);
    const [skipped] = summary.images.skipped;
    expect(skipped?.path).toContain('03.png');
    expect(skipped?.reason).toMatch(/9 × 9.*30 × 37|30 × 37.*9 × 9/);
  });

  it('values outside the class list', async () => {
    const images = join(folder, 'unlisted');
    await writePairs(images, 3, 5);
    await writeText(join(images, 'classes.txt'), 'background\nred square\n');
    await expect(
      distill(outlineRequest(folder, { images: join(images, 'images') }), watch()),
    ).rejects.toMatchObject({
      code: 'invalid-labels',
      message: expect.stringContaining('the number 2') as string,
    });
  });

  it('a tolerance in mm if images state no pixel size, before training', async () => {
    const watched = watch();
    const request = outlineRequest(folder, { tolerance: 1, toleranceUnit: 'mm' });
    await expect(distill(request, watched)).rejects.toMatchObject({
      code: 'invalid-option',
      message: expect.stringContaining('Give the tolerance in px.') as string,
    });
    for (const phase of ['fit', 'distill']) {
      expect(watched.events).not.toContainEqual(expect.objectContaining({ phase }));
    }
  });

  it('masks of only background', async () => {
    const images = join(folder, 'nothing');
    for (const name of ['a.png', 'b.png', 'c.png']) {
      await writePair(images, name, { width: 30, height: 30, seed: 1, isEmpty: true });
    }
    await expect(
      distill(outlineRequest(folder, { images: join(images, 'images') }), watch()),
    ).rejects.toMatchObject({
      code: 'invalid-labels',
      message: expect.stringContaining('training masks show only background') as string,
    });
  });

  it('test images that are also training images', async () => {
    const request = outlineRequest(folder, { test: join(train, 'images') });
    await expect(distill(request, watch())).rejects.toMatchObject({
      code: 'invalid-labels',
      message: expect.stringContaining('all 10 images with masks are also test images') as string,
    });
  });

  it('test masks without a class', async () => {
    const empty = join(folder, 'untold');
    for (const name of ['a.png', 'b.png']) {
      await writePair(empty, name, { width: 40, height: 40, seed: 3, isEmpty: true });
    }
    const watched = watch();
    const request = { test: join(empty, 'images'), out: join(folder, 'untold-out') };
    await distill(outlineRequest(folder, { ...request, steps: 1, decoderSteps: 1 }), watched);
    expect(watched.events).toContainEqual({
      type: 'notice',
      message: expect.stringContaining('No test mask shows red square, green square') as string,
    });
  });

  it('missing masks', async () => {
    const images = join(folder, 'maskless');
    await writePairs(images, 2, 6);
    await rm(join(images, 'masks'), { recursive: true });
    await expect(
      distill(outlineRequest(folder, { images: join(images, 'images') }), watch()),
    ).rejects.toMatchObject({
      code: 'invalid-labels',
      message: expect.stringContaining('folder "masks"') as string,
    });
  });

  it('a number of images per class', async () => {
    await expect(
      distill(outlineRequest(folder, { images: join(train, 'images'), perClass: 3 }), watch()),
    ).rejects.toMatchObject({ code: 'invalid-option' });
  });
});
