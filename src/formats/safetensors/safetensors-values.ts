/** Floating-point types that are written from float32. */
export type FloatDtype = 'F32' | 'F16' | 'BF16';

/** Types that are read as float32; F64 is rounded to the nearest. */
export type ReadableDtype = FloatDtype | 'F64';

/** Bytes of one value. */
export const floatBytes: Record<ReadableDtype, number> = { F32: 4, F16: 2, BF16: 2, F64: 8 };

export function isReadable(dtype: string): dtype is ReadableDtype {
  return Object.hasOwn(floatBytes, dtype);
}

/**
 * Widens little-endian half-precision values to float32; exact for every value.
 *
 * @param halves the stored 16-bit words
 * @param target receives as many values as there are words
 */
export function widen(halves: Uint16Array, dtype: 'F16' | 'BF16', target: Float32Array): void {
  if (dtype === 'F16') {
    target.set(new Float16Array(halves.buffer, halves.byteOffset, halves.length));
    return;
  }
  // bfloat16 is the upper half of a float32.
  const words = new Uint32Array(target.buffer, target.byteOffset, target.length);
  for (let i = 0; i < halves.length; i++) words[i] = (halves[i] ?? 0) << 16;
}

/**
 * Returns the bytes of `values` in `dtype`, rounded to the nearest, ties to even. Values beyond the type's range
 * (±65504 for F16) become ±infinity; NaN stays NaN. F32 returns a view, not a copy.
 */
export function encodeFloats(values: Float32Array, dtype: FloatDtype): Uint8Array {
  if (dtype === 'F32') return bytesOf(values);
  if (dtype === 'F16') return bytesOf(new Float16Array(values));
  const words = new Uint32Array(values.buffer, values.byteOffset, values.length);
  const halves = new Uint16Array(values.length);
  for (let i = 0; i < halves.length; i++) halves[i] = bfloat16(words[i] ?? 0);
  return bytesOf(halves);
}

/** Rounds the bits of a float32 to those of a bfloat16. */
function bfloat16(word: number): number {
  const notANumber = (word & 0x7fffffff) > 0x7f800000;
  // Rounding could carry a NaN into infinity; setting the quiet bit keeps it one.
  if (notANumber) return (word >>> 16) | 0x40;
  const toEven = (word >>> 16) & 1;
  return (word + 0x7fff + toEven) >>> 16;
}

function bytesOf(array: Float32Array | Float16Array | Uint16Array): Uint8Array {
  return new Uint8Array(array.buffer, array.byteOffset, array.byteLength);
}
