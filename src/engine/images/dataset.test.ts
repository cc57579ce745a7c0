import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { distillRequest } from '../../contract/jobs.ts';
import { pictureFile, syntax } from '../../formats/testing/dicom-fixtures.ts';
import { openDataset, readFolderLabels } from './dataset.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'understudy-dataset-'));
});
afterEach(() => rm(folder, { recursive: true }));

test('a table labels images; masks next to them are not unlabelled images', async () => {
  for (const name of ['images/1.png', 'images/2.png', 'masks/1.png', 'masks/2.png']) {
    await mkdir(dirname(join(folder, name)), { recursive: true });
    await writeFile(join(folder, name), '');
  }
  await writeFile(join(folder, 'labels.csv'), 'path,label\nimages/1.png,many\n');
  const { images, problems } = await readFolderLabels(folder, 'labels.csv');
  expect(images.map(({ name, labels }) => [name, ...labels])).toEqual([
    ['images/1.png', 'many'],
    ['images/2.png'],
  ]);
  expect(problems).toMatchObject([{ path: 'masks' }]);
});

test('held-out images depend on content: renaming and adding images does not change them', async () => {
  const write = async (name: string, content: string): Promise<void> => {
    const file = join(folder, name);
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, content);
  };
  const openAt = async (images: string): Promise<string[]> => {
    const request = { teacher: 't', images: join(folder, images), out: 'o' };
    const { tested } = await openDataset(distillRequest.parse(request));
    const contents = tested.map(async ({ path }) => readFile(path, 'utf8'));
    return (await Promise.all(contents)).sort();
  };
  const contents = Array.from({ length: 40 }, (_, index) => `content ${index}`);
  for (const [index, content] of contents.entries()) {
    const name = index % 2 === 0 ? 'even' : 'odd';
    await write(`first/${name}/${index}.png`, content);
    await write(`renamed/${name}/image ${97 * (40 - index)}.png`, content);
    await write(`more/${name}/${index}.png`, content);
  }
  for (const name of ['even', 'odd']) await write(`more/${name}/another.png`, `other ${name}`);
  const before = await openAt('first');
  expect(before).toHaveLength(8);
  expect(await openAt('renamed')).toEqual(before);
  // One more image per class moves at most one image of a class.
  const after = await openAt('more');
  expect(before.filter((content) => !after.includes(content)).length).toBeLessThanOrEqual(2);
});

test('finds a patient without a number on both sides, and reveals nothing about the patient', async () => {
  const write = async (name: string, study: string): Promise<void> => {
    const file = join(folder, name);
    await mkdir(dirname(file), { recursive: true });
    const scan = pictureFile(syntax.explicit, { rows: 1, columns: 1 }, Buffer.from(study), [
      [0x00100010, 'PN', 'Schmidt^Hans'],
      [0x00100020, 'LO', ''],
      [0x00100030, 'DA', '19700101'],
      [0x0020000d, 'UI', `1.2.${study}`],
    ]);
    await writeFile(file, scan);
  };
  for (const [index, name] of ['er/a/0', 'er/b/1', 'et/a/2', 'et/b/3'].entries()) {
    await write(`${name}.dcm`, String(index));
  }
  const places = { images: join(folder, 'er'), test: join(folder, 'et') };
  const opened = openDataset(distillRequest.parse({ teacher: 't', out: 'o', ...places }));
  const refusal: unknown = await opened.catch((error: unknown) => error);
  expect(refusal).toMatchObject({
    code: 'invalid-labels',
    message: expect.stringContaining('other images of the same patient or volume') as string,
  });
  // A hash without a key could be reversed by trying names and numbers.
  const path = join(folder, 'et', 'a', '2.dcm');
  expect(String(refusal).replace(path, '')).not.toMatch(/[0-9a-f]{16}|Schmidt|1970/);
});

test('reports that a test folder equal to the image folder leaves nothing for training', async () => {
  for (const name of ['cat/1.png', 'cat/2.png', 'dog/1.png']) {
    await mkdir(dirname(join(folder, name)), { recursive: true });
    await writeFile(join(folder, name), name);
  }
  const request = distillRequest.parse({ teacher: 't', images: folder, test: folder, out: 'o' });
  await expect(openDataset(request)).rejects.toMatchObject({
    code: 'invalid-labels',
    message: `${folder}: all 3 images are also test images, which are not used for training. Choose other images with --test, or omit it to hold out a fifth.`,
  });
});
