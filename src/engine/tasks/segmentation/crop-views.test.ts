import { rm } from 'node:fs/promises';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { plainPreparation } from '../../../core/image/preparation.ts';
import { pngFile } from '../../../formats/testing/image-fixtures.ts';
import { niftiFile } from '../../../formats/raster/nifti/nifti-fixtures.ts';
import { testFolder } from '../../../formats/raster/testing/test-folder.ts';
import { ViewPrefetch } from '../../distill/view-prefetch.ts';
import type { NumberedView, ViewSource } from '../../images/view-source.ts';
import { cropViews } from './crop-views.ts';
import { OpenImages } from '../../images/open-images.ts';

const folder = testFolder();
const side = 8;
const values = (count: number): number[] =>
  Array.from({ length: count }, (_, at) => (at * at * 7) % 251);
const all: readonly NumberedView[] = [0, 1, 2].flatMap((image) =>
  [0, 1, 2, 3].map((view) => ({ image, view })),
);

let images: OpenImages;
let source: ViewSource;
let ahead: ViewPrefetch;
/** Number of views rendered by this thread. */
let here: number;

beforeEach(async () => {
  const volume = niftiFile({ shape: [12, 10, 3], type: 'uint8', values: values(360) });
  const picture = { width: 20, height: 6, channels: 3, bits: 8, values: values(360) } as const;
  const [slices, png] = [
    await folder.file('volume.nii', volume),
    await folder.file('picture.png', pngFile(picture)),
  ];
  const found = [
    { path: slices, name: 'first', frame: 0 },
    { path: png, name: 'picture' },
    { path: slices, name: 'last', frame: 2 },
  ];
  images = new OpenImages(plainPreparation, 2 ** 20);
  source = cropViews({ images, found, side, threadBudget: 1000 }, 'overhead', 5);
  here = 0;
  const draw: ViewSource['draw'] = (image, view) => {
    here++;
    return source.draw(image, view);
  };
  ahead = new ViewPrefetch({ ...source, draw }, 2);
});

afterEach(async () => {
  await ahead.close();
  await images.close();
});

test('crops prefetched in threads have the same bits, whatever the order', async () => {
  ahead.expect(all);
  const drawn = await Promise.all(
    all.toReversed().map(({ image, view }) => ahead.draw(image, view)),
  );
  expect(here).toBe(0);
  for (const [index, { image, view }] of all.toReversed().entries()) {
    expect(drawn[index]).toEqual(await source.draw(image, view));
  }
  expect(new Set(drawn.map((crop) => crop.join())).size).toBe(all.length);
});

test('a missing image fails as it does without threads', async () => {
  await rm(folder.path + '/picture.png');
  ahead.expect(all);
  const alone = await source.draw(1, 0).catch((error: unknown) => error);
  const failed = await ahead.draw(1, 0).catch((error: unknown) => error);
  expect(alone).toMatchObject({ name: 'UserError', code: 'not-found' });
  expect(failed).toEqual(alone);
});
