import { readFile, readdir, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { distill } from '../../src/engine/jobs/distill.ts';
import {
  asClasses,
  classes,
  temporaryFolder,
  tinyRequest,
  watch,
  writeImages,
  writeText,
  writeTinyTeacher,
} from './support.ts';

describe('the images and labels of a job', async () => {
  const folder = await temporaryFolder();

  beforeAll(async () => {
    await writeTinyTeacher(join(folder, 'teacher.safetensors'));
    await writeImages(join(folder, 'train'), 12, 1);
    await writeImages(join(folder, 'test'), 8, 2);
  });

  it('recognises a test image behind a link, and a test folder inside the images', async () => {
    const images = join(folder, 'nested');
    await writeImages(images, 6, 1);
    await writeImages(join(images, 'test'), 4, 2);
    await symlink(join(images, 'test', 'red', '0.png'), join(images, 'red', 'linked.png'));
    const request = { images, test: join(images, 'test'), out: join(folder, 'nested-out') };
    const result = await distill(tinyRequest(folder, request), watch());
    expect(result.classes).toEqual(classes);
    expect(result.images).toMatchObject({ distilled: 18, labelled: 18, tested: 12 });
  });

  it('skips a damaged image among good ones, counts it and lists it', async () => {
    const images = join(folder, 'damaged');
    await writeImages(images, 6, 3);
    await writeText(join(images, 'red', 'broken.png'), 'no image');
    const good = await readFile(join(images, 'red', '0.png'));
    await writeText(join(images, 'blue', 'cut.png'), '');
    await writeFile(join(images, 'green', 'cut.png'), good.subarray(0, good.length / 2));
    const context = watch();
    const result = await distill(
      tinyRequest(folder, { images, out: join(folder, 'damaged-out') }),
      context,
    );
    expect(result.images.distilled).toBe(18);
    expect(result.images.skipped.map(({ path }) => path.slice(images.length + 1)).sort()).toEqual([
      'blue/cut.png',
      'green/cut.png',
      'red/broken.png',
    ]);
    expect(context.events.filter(({ type }) => type === 'skipped')).toHaveLength(3);
  });

  it('chooses labelled images among those that can be read', async () => {
    const images = join(folder, 'choosing');
    await writeImages(images, 4, 3);
    for (const name of ['1.png', '2.png']) await writeText(join(images, 'red', name), 'no image');
    const place = join(folder, 'choosing-out');
    const request = tinyRequest(folder, { images, perClass: 2, steps: 1, out: place });
    const result = await distill(request, watch());
    expect(result.images).toMatchObject({ distilled: 10, labelled: 6 });
  });

  it('names the class without a readable image', async () => {
    const images = join(folder, 'lost');
    await writeImages(images, 2, 3);
    for (const name of ['0.png', '1.png']) await writeText(join(images, 'green', name), 'no image');
    const request = tinyRequest(folder, { images, out: join(folder, 'lost-out') });
    await expect(distill(request, watch())).rejects.toMatchObject({
      code: 'invalid-labels',
      message: expect.stringContaining('"green"') as string,
    });
    expect(await readdir(join(folder, 'lost-out'))).toEqual([]);
  });

  it('trains with several labels per image from a table', async () => {
    const images = join(folder, 'train');
    const rows = classes.flatMap((name, index) =>
      Array.from({ length: 12 }, (_, i) => {
        const both = `${name}|${classes[(index + 1) % 3]}`;
        const labels = i % 3 === 0 ? both : i % 6 === 1 ? '-' : name;
        return `${name}/${i}.png,${labels},patient-${i % 6}`;
      }),
    );
    const labels = join(folder, 'labels.csv');
    await writeText(labels, `path,label,group\n${rows.join('\n')}\n`);
    const request = tinyRequest(folder, {
      images,
      labels,
      out: join(folder, 'several'),
    });
    delete request.test;
    const result = asClasses(await distill(request, watch()));
    expect(result.task).toBe('several');
    expect(result.student.confusion.map((row) => row.length)).toEqual([4, 4, 4]);
    // Images with none of the labels are used for training too.
    expect(result.images.labelled).toBe(result.images.distilled);
    // Whole patients are held out, and not used for distillation either.
    expect(result.images.distilled + result.images.tested).toBe(36);
    expect(result.images.tested % 6).toBe(0);
    expect(result.images.tested).toBeGreaterThan(0);
  });
});
