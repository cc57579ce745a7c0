import { describe, expect, it } from 'vitest';
import fc from 'fast-check';
import { rleFrame } from '../../../testing/dicom-fixtures.ts';
import { DicomFault } from '../faults.ts';
import { decodeRle } from './rle.ts';

/** A frame of one segment from its coded bytes. */
function frameOf(coded: readonly number[]): Buffer {
  const header = Buffer.alloc(64);
  header.writeUInt32LE(1);
  header.writeUInt32LE(64, 4);
  return Buffer.concat([header, Buffer.from(coded)]);
}

const one = (pixels: number) => ({ pixels, samples: 1, bytesPerSample: 1 });

describe('run-length coding', () => {
  it('repeats, copies and skips', () => {
    // 254: three times; 2: the next three; 128: nothing; 129: 128 times.
    const coded = [254, 7, 128, 2, 1, 2, 3, 129, 9];
    const decoded = [...decodeRle(frameOf(coded), one(134))];
    expect(decoded).toEqual([7, 7, 7, 1, 2, 3, ...new Array<number>(128).fill(9)]);
  });

  it('allows a run past the end, and surplus bytes', () => {
    expect([...decodeRle(frameOf([251, 7, 0, 0]), one(4))]).toEqual([7, 7, 7, 7]);
    expect([...decodeRle(frameOf([3, 1, 2, 3, 4]), one(2))]).toEqual([1, 2]);
  });

  it('orders bytes and colours', () => {
    // Two pixels of two colours of 16 bits: the upper bytes of a colour come first.
    const segments = [
      [0x12, 0x22],
      [0x34, 0x44],
      [0x56, 0x66],
      [0x78, 0x88],
    ].map((segment) => Uint8Array.from(segment));
    const decoded = decodeRle(rleFrame(segments), { pixels: 2, samples: 2, bytesPerSample: 2 });
    expect([...new Uint16Array(decoded.buffer)]).toEqual([0x1234, 0x5678, 0x2244, 0x6688]);
  });

  it.each([
    ['a short header', Buffer.alloc(20)],
    ['no segment', Buffer.alloc(80)],
    ['a short segment', frameOf([254, 7])],
    ['a literal run that ends early', frameOf([5, 1, 2])],
    ['a repeat without its byte', frameOf([254])],
  ])('refuses %s', (_name, bytes) => {
    expect(() => decodeRle(bytes, one(10))).toThrow(DicomFault);
  });

  it('returns every byte or a fault, whatever the input', () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ maxLength: 200 }),
        fc.integer({ min: 1, max: 500 }),
        (coded, n) => {
          try {
            expect(decodeRle(frameOf([...coded]), one(n))).toHaveLength(n);
          } catch (error) {
            expect(error).toBeInstanceOf(DicomFault);
          }
        },
      ),
    );
  });
});
