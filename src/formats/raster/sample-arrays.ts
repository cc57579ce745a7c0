import { sampleArrays } from '../../core/image/stored.ts';
import type { Samples, SampleType } from './image-file.ts';

/** Bytes of one value in memory. */
export const sampleBytes: Readonly<Record<SampleType, number>> = {
  uint8: 1,
  int8: 1,
  uint16: 2,
  int16: 2,
  uint32: 4,
  int32: 4,
  float32: 4,
  float64: 8,
};

/** Returns zeros. */
export function newSamples(type: SampleType, length: number): Samples {
  return new sampleArrays[type](length);
}

/** Returns zeros, of the type of `values`. */
export function samplesLike(values: Samples, length: number): Samples {
  return new (values.constructor as new (length: number) => Samples)(length);
}

/**
 * Returns the values in a buffer, from its first byte on, in this machine's byte order.
 *
 * @param length all by default; then the buffer must contain whole values
 */
export function samplesOf(type: SampleType, buffer: ArrayBuffer, length?: number): Samples {
  return new sampleArrays[type](buffer, 0, length);
}
