import { Random } from '../../src/core/random.ts';
import { elementCount } from '../../src/core/tensor.ts';
import type { Tensor } from '../../src/core/tensor.ts';

/** Returns uniform random values in [low, high), the same for the same seed. */
export function randomValues(length: number, seed: number, low = -1, high = 1): Float32Array {
  const random = new Random(seed);
  return Float32Array.from({ length }, () => random.uniform(low, high));
}

export function randomTensor(shape: readonly number[], seed: number, low = -1, high = 1): Tensor {
  return { shape, data: randomValues(elementCount(shape), seed, low, high) };
}

/**
 * Returns the largest difference between two lists, relative to the largest expected value. NaN if a value is not a
 * number, so that no comparison with a limit passes.
 */
export function difference(got: ArrayLike<number>, expected: ArrayLike<number>): number {
  if (got.length !== expected.length || expected.length === 0) {
    throw new Error(`got ${got.length} values where ${expected.length} are expected`);
  }
  let worst = 0;
  let largest = 0;
  for (let index = 0; index < expected.length; index++) {
    worst = Math.max(worst, Math.abs((got[index] ?? NaN) - (expected[index] ?? NaN)));
    largest = Math.max(largest, Math.abs(expected[index] ?? NaN));
  }
  return worst === 0 ? 0 : worst / largest;
}

export function required<T>(value: T | undefined, what: string): T {
  if (value === undefined) throw new Error(`there is no ${what}`);
  return value;
}
