import type { Samples, SampleType } from '../image-file.ts';
import { sampleBytes, samplesOf } from '../sample-arrays.ts';
import type { ImagePixel } from './image-pixel.ts';

/** Returns the type of decoded values, by the bits allocated, as in pydicom. */
export function sampleTypeOf({ isFloat, bitsAllocated, isSigned }: ImagePixel): SampleType {
  if (isFloat) return bitsAllocated === 32 ? 'float32' : 'float64';
  switch (bitsAllocated) {
    case 1:
      return 'uint8';
    case 8:
      return isSigned ? 'int8' : 'uint8';
    case 16:
      return isSigned ? 'int16' : 'uint16';
    case 32:
    case 64:
      return isSigned ? 'int32' : 'uint32';
  }
}

/**
 * Views little-endian bytes as values. Every machine this runs on is little-endian.
 *
 * @param bytes from the beginning of its buffer; surplus bytes at the end are padding
 */
export function valuesIn(bytes: Uint8Array<ArrayBuffer>, type: SampleType): Samples {
  return samplesOf(type, bytes.buffer, Math.floor(bytes.length / sampleBytes[type]));
}

/** Bits of the stored data that make up the value. */
export interface BitField {
  readonly bits: number;
  readonly lowBit: number;
  readonly isSigned: boolean;
}

/**
 * Extracts values from surrounding bits, which may contain anything (PS3.5, 8.1.1), and applies their sign: two's
 * complement in the bits stored. In place.
 */
export function takeBits(values: Samples, { bits, lowBit, isSigned }: BitField): void {
  if (bits === 8 * values.BYTES_PER_ELEMENT) return;
  if (values instanceof Uint16Array && lowBit === 0 && !isSigned) {
    maskWords(values, bits);
    return;
  }
  const up = 32 - bits - lowBit;
  const down = 32 - bits;
  if (isSigned) {
    for (let i = 0; i < values.length; i++) values[i] = ((values[i] ?? 0) << up) >> down;
  } else {
    for (let i = 0; i < values.length; i++) values[i] = ((values[i] ?? 0) << up) >>> down;
  }
}

/** Two at a time, since most images in hospitals are like this; most of them have empty surplus bits. */
function maskWords(values: Uint16Array<ArrayBuffer>, bits: number): void {
  const mask = 2 ** bits - 1;
  const pairs = values.byteOffset % 4 === 0 ? values.length >> 1 : 0;
  const words = new Uint32Array(values.buffer, values.byteOffset - (values.byteOffset % 4), pairs);
  const both = mask * 0x10001;
  let used = 0;
  for (let i = 0; i < pairs; i++) used |= words[i] ?? 0;
  if ((used & ~both) !== 0) for (let i = 0; i < pairs; i++) words[i] = (words[i] ?? 0) & both;
  for (let i = 2 * pairs; i < values.length; i++) values[i] = (values[i] ?? 0) & mask;
}

/** Converts planes, (samples, pixels), to interleaved pixels, (pixels, samples). */
export function interleaved<T extends Samples>(planes: T, samples: number): T {
  const pixels = planes.length / samples;
  const values = planes.slice();
  for (let sample = 0; sample < samples; sample++) {
    const plane = sample * pixels;
    for (let i = 0, to = sample; i < pixels; i++, to += samples) {
      values[to] = planes[plane + i] ?? 0;
    }
  }
  return values as T;
}
