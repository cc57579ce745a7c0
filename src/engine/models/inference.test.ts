import { expect, it } from 'vitest';
import { plainVit } from '../../core/vit/architecture.ts';
import { imagesOfSide, imagesToInfer, packPixels, unpackPixels } from './inference.ts';

const small = { ...plainVit, width: 384, depth: 12, heads: 6, mlpWidth: 1536 };

it.each([
  [64, 8, 16],
  [224, 16, 16],
  [518, 14, 1],
  [1024, 8, 1],
])('at %d px with patches of %d px, a batch has %d images', (side, patch, at) => {
  expect(imagesToInfer({ ...small, imageSize: side, patchSize: patch })).toBe(at);
});

it('uses smaller batches on a device with little memory, and for a model with only a known side', () => {
  const architecture = { ...small, imageSize: 224, patchSize: 16 };
  expect(imagesToInfer(architecture, { memoryBytes: 2 ** 29 })).toBeLessThan(16);
  expect(imagesToInfer(architecture, { memoryBytes: 1 })).toBe(1);
  expect([224, 256, 518, 1024, 4096].map(imagesOfSide)).toEqual([16, 16, 3, 1, 1]);
});

it('packs pixels into bytes and unpacks them bit for bit', () => {
  const data = Float32Array.from({ length: 256 }, (_, value) => value / 255);
  const pixels = { shape: [1, 1, 16, 16], data };
  expect(unpackPixels(packPixels(pixels))).toEqual(pixels);
});
