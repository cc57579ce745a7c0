import { endianness } from 'node:os';
import { sampleArrays } from '../../../../core/image/stored.ts';
import type { Samples, SampleType } from '../../image-file.ts';
import { newSamples } from '../../sample-arrays.ts';
import { undoDifferences, undoFloatDifferences } from './predictor.ts';

const isHostLittle = endianness() === 'LE';

export interface StoredRows {
  /** Values per row. */
  readonly rowLength: number;
  /** Values per pixel, for the differences between neighbours. */
  readonly samples: number;
  readonly rows: number;
  readonly bits: number;
  readonly sampleType: SampleType;
  readonly predictor: number;
  readonly isLittleEndian: boolean;
}

/** Bytes of a row as stored: rows begin at a byte. */
export function rowBytesOf(rowLength: number, bits: number): number {
  return Math.ceil((rowLength * bits) / 8);
}

/**
 * Converts rows of stored bytes to values: byte order, differences, small and uneven bit depths, half floats.
 *
 * @param bytes at least `rows` rows; not kept, but may be changed
 * @returns (rows, rowLength)
 */
export function toSamples(bytes: Uint8Array, stored: StoredRows): Samples {
  const { rowLength, rows, bits, sampleType, predictor, isLittleEndian } = stored;
  const length = rowLength * rows;
  if (bits !== 8 && bits !== 16 && bits !== 32 && bits !== 64) return unpacked(bytes, stored);
  const own = aligned(bytes, (length * bits) / 8);
  if (predictor === 3) {
    undoFloatDifferences(own, rowLength, stored.samples, bits / 8);
    // Its planes of bytes run from the highest to the lowest, in files of either byte order.
    if (isHostLittle) reverseEach(own, bits / 8);
  } else {
    if (isLittleEndian !== isHostLittle) reverseEach(own, bits / 8);
    if (predictor === 2) undoDifferences(own, rowLength, stored.samples, bits / 8);
  }
  if (bits === 16 && sampleType === 'float32') {
    return Float32Array.from(new Float16Array(own.buffer, own.byteOffset, length));
  }
  return new sampleArrays[sampleType](own.buffer, own.byteOffset, length);
}

/** Returns the first `length` bytes at an offset that is valid for any typed array. */
function aligned(bytes: Uint8Array, length: number): Uint8Array<ArrayBuffer> {
  const { buffer, byteOffset } = bytes;
  if (buffer instanceof ArrayBuffer && byteOffset % 8 === 0) {
    return new Uint8Array(buffer, byteOffset, length);
  }
  return Uint8Array.from(bytes.subarray(0, length));
}

/** Reverses the bytes of every value. */
function reverseEach(bytes: Uint8Array<ArrayBuffer>, size: number): void {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  if (size === 2) buffer.swap16();
  if (size === 4) buffer.swap32();
  if (size === 8) buffer.swap64();
}

/** Values of other depths follow each other from the highest bit, whatever the byte order. */
function unpacked(bytes: Uint8Array, { rowLength, rows, bits, sampleType }: StoredRows): Samples {
  const values = newSamples(sampleType, rowLength * rows);
  const rowBytes = rowBytesOf(rowLength, bits);
  const mask = 2 ** bits - 1;
  const sign = sampleType.startsWith('int') ? 2 ** (bits - 1) : 0;
  for (let row = 0; row < rows; row++) {
    let at = row * rowBytes;
    let held = 0;
    let heldBits = 0;
    for (let i = 0; i < rowLength; i++) {
      while (heldBits < bits) {
        held = ((held & 0xffff) << 8) | (bytes[at++] ?? 0);
        heldBits += 8;
      }
      heldBits -= bits;
      const value = (held >> heldBits) & mask;
      values[row * rowLength + i] = (value ^ sign) - sign;
    }
  }
  return values;
}

/** Reverses the bits of every byte (FillOrder 2), in place. */
export function reverseBits(bytes: Uint8Array): void {
  for (let i = 0; i < bytes.length; i++) {
    let byte = bytes[i] ?? 0;
    byte = ((byte & 0xf0) >> 4) | ((byte & 0x0f) << 4);
    byte = ((byte & 0xcc) >> 2) | ((byte & 0x33) << 2);
    bytes[i] = ((byte & 0xaa) >> 1) | ((byte & 0x55) << 1);
  }
}
