import { expect, test } from 'vitest';
import { plainVit } from '../vit/architecture.ts';
import { hasRoom, imagesWithin, inferenceMemory, trainingMemory } from './memory.ts';

const small = { ...plainVit, patchSize: 8, width: 192, depth: 12, heads: 3, mlpWidth: 768 };

test("a large input mostly needs memory for its tokens' attention", () => {
  // ONNX Runtime requested this much for one product of 16 images of 1024 px: 16,384 tokens, three heads.
  const product = 51_545_899_264;
  const needed = inferenceMemory({ ...small, imageSize: 1024 }, 16);
  expect(needed).toBeGreaterThan(2 * product);
  expect(needed).toBeLessThan(2.2 * product);
  expect(inferenceMemory({ ...small, imageSize: 128 }, 16)).toBeLessThan(2e8);
});

test('a device gets as many images at a time as fit', () => {
  const teacher = { ...small, imageSize: 64 };
  const of = (memory: number | undefined): number => imagesWithin(teacher, 6, 96, memory);
  expect(of(undefined)).toBe(96);
  expect(of(1e12)).toBe(96);
  const forHalf = trainingMemory(teacher, 6, 48) / 0.8;
  expect(of(forHalf + 1)).toBe(48);
  expect(of(forHalf - 1)).toBe(24);
  expect(of(0)).toBe(1);
  expect(hasRoom(trainingMemory(teacher, 6, 1), 1e6)).toBe(false);
});
