import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { encodeLzw, encodePackBits } from '../../testing/tiff-encoders.ts';
import { decodeLzw } from './blocks/lzw.ts';
import { decodePackBits } from './blocks/pack-bits.ts';

const schemes = [
  ['LZW', encodeLzw, decodeLzw],
  ['PackBits', encodePackBits, decodePackBits],
] as const;

describe.each(schemes)('%s', (_, encode, decode) => {
  const contents = fc.oneof(
    fc.uint8Array({ maxLength: 3000 }),
    // Few values, so that runs and strings are long.
    fc.array(fc.nat(2), { maxLength: 3000 }).map((list) => Uint8Array.from(list)),
  );

  test('returns the encoded bytes, or their beginning', () => {
    fc.assert(
      fc.property(contents, fc.nat(3000), (bytes, length) => {
        const encoded = encode(bytes);
        expect([...decode(encoded, bytes.length)]).toEqual([...bytes]);
        expect([...decode(encoded, length)]).toEqual([...bytes.subarray(0, length)]);
      }),
    );
  });

  test('decodes a table that fills up many times', () => {
    const bytes = Uint8Array.from({ length: 100_000 }, (_value, i) => (i * i * 7 + (i >> 3)) & 255);
    expect(Buffer.from(decode(encode(bytes), bytes.length)).equals(bytes)).toBe(true);
  });

  test('ends on any input, within the requested length', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), fc.nat(100_000), (bytes, length) => {
        let decoded = 0;
        try {
          decoded = decode(bytes, length).length;
        } catch (error) {
          expect(String(error)).toContain('LZW');
        }
        expect(decoded).toBeLessThanOrEqual(length);
      }),
    );
  });
});

test("decodes the standard's example: LZW of 7 7 7 8 8 7 7 6 6", () => {
  // Codes 256 7 258 8 8 258 6 6 257 of nine bits, the highest first (TIFF 6.0, section 13).
  const codes = [256, 7, 258, 8, 8, 258, 6, 6, 257];
  const bits = codes.map((code) => code.toString(2).padStart(9, '0')).join('');
  const bytes = Uint8Array.from(bits.match(/.{1,8}/g) ?? [], (byte) =>
    Number.parseInt(byte.padEnd(8, '0'), 2),
  );
  expect([...decodeLzw(bytes, 100)]).toEqual([7, 7, 7, 8, 8, 7, 7, 6, 6]);
});

test("decodes the standard's example: PackBits", () => {
  const packed = [0xfe, 0xaa, 0x02, 0x80, 0x00, 0x2a, 0xfd, 0xaa, 0x03, 0x80, 0x00, 0x2a, 0x22];
  const expected = [
    0xaa, 0xaa, 0xaa, 0x80, 0x00, 0x2a, 0xaa, 0xaa, 0xaa, 0xaa, 0x80, 0x00, 0x2a, 0x22,
  ];
  expect([...decodePackBits(Uint8Array.from(packed), 100)]).toEqual(expected);
});

test('ignores −128 in PackBits', () => {
  expect([...decodePackBits(Uint8Array.of(128, 0, 9, 128), 10)]).toEqual([9]);
});

test('reports the bit order of files before 1988', () => {
  expect(() => decodeLzw(Uint8Array.of(0, 1, 0), 10)).toThrow('reversed bits');
});
