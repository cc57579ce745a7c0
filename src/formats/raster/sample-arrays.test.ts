import { expect, it } from 'vitest';
import type { SampleType } from './image-file.ts';
import { newSamples, sampleBytes, samplesLike, samplesOf } from './sample-arrays.ts';

it.each(Object.entries(sampleBytes))('%s takes %i bytes', (type, bytes) => {
  const samples = newSamples(type as SampleType, 3);
  expect(samples.constructor.name.toLowerCase()).toBe(`${type}array`);
  expect([samples.length, samples.byteLength]).toEqual([3, 3 * bytes]);
  expect(samplesLike(samples, 2)).toEqual(newSamples(type as SampleType, 2));
  const stored = new Uint8Array([1, 0, 0, 0, 0, 0, 0, 0]).buffer;
  expect(samplesOf(type as SampleType, stored)).toHaveLength(8 / bytes);
  expect(samplesOf(type as SampleType, stored, 1)).toHaveLength(1);
});
