import { expect, test } from 'vitest';
import { plainVit } from '../vit/architecture.ts';
import { inferenceMemory } from './memory.ts';

const small = { ...plainVit, patchSize: 8, width: 192, depth: 12, heads: 3, mlpWidth: 768 };

test('what a large input needs is above all the attention of its tokens', () => {
  // ONNX Runtime asked for this for one product of 16 images of 1024 px: 16,384 tokens, three heads.
  const product = 51_545_899_264;
  const needed = inferenceMemory({ ...small, imageSize: 1024 }, 16);
  expect(needed).toBeGreaterThan(2 * product);
  expect(needed).toBeLessThan(2.2 * product);
  expect(inferenceMemory({ ...small, imageSize: 128 }, 16)).toBeLessThan(2e8);
});
