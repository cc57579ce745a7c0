import { expect, it } from 'vitest';
import { segmentationBaselines } from './segmentation-baselines.ts';

it('is the best of outlining all of each image as one class', () => {
  // Images with foreground in one half and without foreground: Dice 2·½ / 1½ and 0, IoU ¼, and ¾ background.
  const { dice, iou, pixelAccuracy } = segmentationBaselines([
    [50, 50],
    [100, 0],
  ]);
  expect(dice).toBeCloseTo(1 / 3, 12);
  expect(iou).toBeCloseTo(1 / 4, 12);
  expect(pixelAccuracy).toBeCloseTo(3 / 4, 12);
});

it('counts classes that are never outlined with 0', () => {
  const { dice, iou, pixelAccuracy } = segmentationBaselines([[20, 60, 20]]);
  expect(dice).toBeCloseTo(1.2 / 1.6 / 2, 12);
  expect(iou).toBeCloseTo(0.3, 12);
  expect(pixelAccuracy).toBeCloseTo(0.6, 12);
});

it.each([[[]], [[[0, 0]]], [[[100, 0]]]])('is null if there is nothing to find', (images) => {
  expect(segmentationBaselines(images)).toEqual({ dice: 0, iou: 0, pixelAccuracy: 0 });
});
