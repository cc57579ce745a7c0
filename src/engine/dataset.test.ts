import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { readLabels } from './dataset.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'understudy-dataset-'));
});
afterEach(() => rm(folder, { recursive: true }));

test('a table labels images; masks beside them are no unlabelled images', async () => {
  for (const name of ['images/1.png', 'images/2.png', 'masks/1.png', 'masks/2.png']) {
    await mkdir(dirname(join(folder, name)), { recursive: true });
    await writeFile(join(folder, name), '');
  }
  await writeFile(join(folder, 'labels.csv'), 'path,label\nimages/1.png,many\n');
  const { images, problems } = await readLabels(folder, 'labels.csv');
  expect(images.map(({ name, labels }) => [name, ...labels])).toEqual([
    ['images/1.png', 'many'],
    ['images/2.png'],
  ]);
  expect(problems).toMatchObject([{ path: 'masks' }]);
});
