import { beforeEach, expect, test, vi } from 'vitest';
import { plainPreparation } from '../../core/image/preparation.ts';
import { pngFile } from '../../formats/testing/image-fixtures.ts';
import * as opening from '../../formats/raster/open.ts';
import { niftiFile } from '../../formats/raster/nifti/nifti-fixtures.ts';
import { testFolder } from '../../formats/raster/testing/test-folder.ts';
import { OpenImages } from './open-images.ts';

vi.mock('../../formats/raster/open.ts', { spy: true });

const folder = testFolder();
beforeEach(() => {
  vi.mocked(opening.openImage).mockClear();
});

/** Four slices of 2 × 2 px. */
const volume = niftiFile({
  shape: [2, 2, 4],
  type: 'uint8',
  values: Array.from({ length: 16 }, (_, at) => (at * at) % 251),
});

const colours = (images: OpenImages, path: string, frame?: number): Promise<number[]> =>
  images.use({ path, frame }, async (prepared) => {
    const { width, height } = prepared;
    return [...(await prepared.read({ x: 0, y: 0, width, height })).raster.data];
  });

test('slices of a volume share one opened file', async () => {
  const path = await folder.file('v.nii', volume);
  const images = new OpenImages(plainPreparation, 2 ** 20);
  const slices = [];
  for (const frame of [0, 1, 2, 3, 0]) slices.push(await colours(images, path, frame));
  expect(new Set(slices.map((slice) => slice.join())).size).toBe(4);
  expect(slices[4]).toEqual(slices[0]);
  expect(opening.openImage).toHaveBeenCalledTimes(1);
  await images.close();
});

test('the most recently used images stay open as far as memory allows, others are opened again', async () => {
  const png = (value: number) =>
    pngFile({ width: 2, height: 2, channels: 1, bits: 8, values: [value, 0, 0, 0] });
  const paths = [await folder.file('a.png', png(10)), await folder.file('b.png', png(20))];
  const [a = '', b = ''] = paths;
  // Enough memory for one image of 2 × 2 px.
  const images = new OpenImages(plainPreparation, 16);
  const firsts = [];
  for (const path of [a, a, b, b, a]) firsts.push((await colours(images, path))[0]);
  expect(firsts).toEqual([10, 10, 20, 20, 10]);
  expect(opening.openImage).toHaveBeenCalledTimes(3);
  await images.close();
});

test('a missing frame is reported', async () => {
  const path = await folder.file('few.nii', volume);
  const images = new OpenImages(plainPreparation, 2 ** 20);
  await expect(colours(images, path, 9)).rejects.toMatchObject({ code: 'invalid-file' });
  await images.close();
});
