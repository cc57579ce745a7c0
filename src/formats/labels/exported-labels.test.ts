import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { expect, it } from 'vitest';
import { findImages } from '../image-folder.ts';
import { maskProblems, separateMasks } from './mask-folders.ts';
import { testFolder } from '../raster/testing/test-folder.ts';

const test = testFolder();
let count = 0;

/** Separates the files of a folder into those that are not labels, and the folders of labels. */
async function parted(names: readonly string[]): Promise<{ images: string[]; labels: string[] }> {
  const folder = join(test.path, String(count++));
  for (const name of names) {
    await mkdir(dirname(join(folder, name)), { recursive: true });
    await writeFile(join(folder, name), '');
  }
  const parts = separateMasks(await findImages(folder));
  const labels = maskProblems(parts).map(({ path }) => path);
  return { images: parts.images.map(({ name }) => name), labels };
}

it.each([
  ['in a folder among images', ['a.png', 'labels-png/labelmap.txt', 'labels-png/masks/a.png']],
  ['deeper', ['a.png', 'out/1/labelmap.txt', 'out/1/masks/cats/a.png']],
  ['of several folders', ['a.png', 'out/classes.txt', 'out/one/masks/a.tif']],
  ['of volumes', ['a.png', 'x/dataset.json', 'x/labelsTr/v.nii.gz']],
  ['put beside images', ['a.png', 'labelmap.txt', 'masks/a.png']],
  ['of slices', ['a.tif', 'LabelMap.txt', 'masks/a.tif#2.png']],
])('recognises exported labels: %s', async (_, names) => {
  const [image = '', , mask = ''] = names;
  const { images, labels } = await parted(names);
  expect(images).toEqual([image]);
  expect(labels).toEqual([mask.replace(/(masks|labelsTr).*/, '$1')]);
});

it.each([
  ['the folder of labels itself', ['labelmap.txt', 'masks/a.png', 'masks/b.png']],
  ['one of its folders', ['a.png', 'b.png']],
  ['a folder called like one of labels', ['a.png', 'labels/a.png']],
  ['a list that names classes of whole images', ['x/classes.txt', 'x/cat/a.png']],
])('keeps images that the user chose: %s', async (_, names) => {
  const { images } = await parted(names);
  expect(images).toEqual(names.filter((name) => name.endsWith('.png')));
});
