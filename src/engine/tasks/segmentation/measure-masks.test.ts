import { expect, test } from 'vitest';
import { plainPreparation } from '../../../core/image/preparation.ts';
import { boundaryCounts, readFromMasks } from '../../../core/metrics/boundary-f1.ts';
import type { BoundaryTolerance } from '../../../core/metrics/boundary-f1.ts';
import { ctSlice } from '../../../formats/masks/testing/geo-fixtures.ts';
import { memoryMask } from '../../../formats/masks/testing/memory-mask.ts';
import { testFolder } from '../../../formats/raster/testing/test-folder.ts';
import { doubles, short, tiffBytes } from '../../../formats/testing/tiff-fixtures.ts';
import { measureImages } from './measure-masks.ts';
import { OpenImages } from '../../images/open-images.ts';
import type { TileModel } from './predict/predict-mask.ts';
import { openMaskedImages } from './data/masked-image.ts';

const folder = testFolder();
const size = { width: 40, height: 48 };
const context = { signal: new AbortController().signal, report: () => undefined };

/** Returns a square of 16 px. */
function square(left: number, top: number, value: number): Uint8Array {
  return Uint8Array.from({ length: size.width * size.height }, (_, at) => {
    const [x, y] = [(at % size.width) - left, Math.floor(at / size.width) - top];
    return x >= 0 && x < 16 && y >= 0 && y < 16 ? value : 0;
  });
}

/** Model that assigns bright pixels to the class. */
const model: TileModel = {
  side: 16,
  channels: 3,
  outputs: 2,
  batch: 4,
  run(images, count) {
    const pixels = 16 * 16;
    const out = new Float32Array(count * 2 * pixels);
    for (let tile = 0; tile < count; tile++) {
      for (let at = 0; at < pixels; at++) {
        const bright = images[3 * tile * pixels + at] ?? 0;
        out.set([1 - bright], 2 * tile * pixels + at);
        out.set([bright], (2 * tile + 1) * pixels + at);
      }
    }
    return Promise.resolve(out);
  },
};

/** True mask, and a prediction shifted by 3 px right and down. */
const masks = { truth: square(8, 9, 1), predicted: square(11, 12, 1) };
const seen = square(11, 12, 255);

/** Spacing: 0.8 mm along a row, 0.7 mm down a column. */
const slice = ctSlice({
  rows: size.height,
  columns: size.width,
  z: 0,
  instance: '2.25.1',
  more: [[0x7fe00010, 'OB', seen]],
});
/** Spacing: 0.5 m and 0.75 m. */
const geotiff = tiffBytes([
  {
    ...size,
    values: [...seen],
    fields: [
      doubles(33550, 0.5, 0.75, 0),
      doubles(33922, ...[0, 0, 0], ...[5e5, 5e6, 0]),
      short(34735, ...[1, 1, 0, 2], ...[1024, 0, 1, 1], ...[3072, 0, 1, 32633]),
    ],
  },
]);

const near = (tolerance: BoundaryTolerance) =>
  boundaryCounts(size, readFromMasks(masks, size), { classes: 2, tolerance });

test.each([
  ['a.dcm', slice, 2.2, 'mm', { distance: 2.2, spacing: { x: 0.8, y: 0.7 } }],
  ['b.dcm', slice, 0.0022, 'm', { distance: 2.2, spacing: { x: 0.8, y: 0.7 } }],
  ['a.tif', geotiff, 1.6, 'm', { distance: 1.6, spacing: { x: 0.5, y: 0.75 } }],
  ['b.tif', geotiff, 1600, 'mm', { distance: 1.6, spacing: { x: 0.5, y: 0.75 } }],
  ['c.tif', geotiff, 2, 'px', { distance: 2 }],
] as const)('compares borders of %s within the requested tolerance', async (...given) => {
  const [name, bytes, distance, unit, same] = given;
  const image = { path: await folder.file(name, bytes), name, group: undefined };
  const images = new OpenImages(plainPreparation, 2 ** 20);
  const classes = [{ value: 1, name: 'bright', colour: null }];
  const dataset = {
    classes,
    openMask: () =>
      Promise.resolve({ ...memoryMask(masks.truth, size), notes: () => [], close: closed }),
  };
  const maskedImages = await openMaskedImages(
    [image],
    dataset,
    { images, smallest: 8, seed: 1, problems: [] },
    context,
  );
  const options = { classes, overlap: 0.5, signal: context.signal };
  const tolerance = { distance, unit };
  const [measured] = await measureImages(model, maskedImages, images, { ...options, tolerance });
  await images.close();
  expect(measured?.boundary).toEqual(near(same));
  // Only one axis is within the tolerance.
  if (unit !== 'px') expect(measured?.boundary).not.toEqual(near({ distance: 3 }));
});

const closed = (): Promise<void> => Promise.resolve();
