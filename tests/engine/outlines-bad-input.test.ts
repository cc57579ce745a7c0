import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { distill } from '../../src/engine/distill.ts';
import { writePng } from '../../src/formats/images.ts';
import { outlineFolder, outlineRequest, writePair, writePairs } from './outlined-folder.ts';
import { watch, writeText } from './support.ts';

describe('a job of outlines says what is wrong', async () => {
  const folder = await outlineFolder();
  const train = join(folder, 'train');

  it('with a mask whose size differs: which one, and the others are learnt from', async () => {
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

  it('with values outside the list', async () => {
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

  it('with a tolerance in mm of images that say no size of their pixels, before it trains', async () => {
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

  it('with masks of nothing but background', async () => {
    const images = join(folder, 'nothing');
    for (const name of ['a.png', 'b.png', 'c.png']) {
      await writePair(images, name, { width: 30, height: 30, seed: 1, isEmpty: true });
    }
    await expect(
      distill(outlineRequest(folder, { images: join(images, 'images') }), watch()),
    ).rejects.toMatchObject({
      code: 'invalid-labels',
      message: expect.stringContaining('nothing but background') as string,
    });
  });

  it('with images to test on that are those to learn from', async () => {
    const request = outlineRequest(folder, { test: join(train, 'images') });
    await expect(distill(request, watch())).rejects.toMatchObject({
      code: 'invalid-labels',
      message: expect.stringContaining('all 10 images with masks are test images too') as string,
    });
  });

  it('with test masks that show no class', async () => {
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

  it('without masks', async () => {
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

  it('with a number of images a class', async () => {
    await expect(
      distill(outlineRequest(folder, { images: join(train, 'images'), perClass: 3 }), watch()),
    ).rejects.toMatchObject({ code: 'invalid-option' });
  });
});
