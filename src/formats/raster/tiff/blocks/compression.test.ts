import { deflateSync, zstdCompressSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import type { BlockShape } from './block-shape.ts';
import { compressionOf } from './compression.ts';

const rows = 36;
const rowBytes = 2 ** 20;
/** Large enough to be unpacked into one array. */
const shape: BlockShape = { width: rowBytes, rows, fullRows: rows, samples: 1, rowBytes };
const stored = Buffer.alloc(rows * rowBytes, 7);
stored[stored.length - 1] = 9;

describe.each([
  ['Deflate', 8, deflateSync],
  ['zstd', 50000, zstdCompressSync],
])('a large block of %s', (_, number, pack) => {
  const compression = compressionOf(number, 'a.tif');
  const decode = async (bytes: Buffer): Promise<Uint8Array> => {
    if (!('decode' in compression)) throw new Error('it makes no bytes');
    return compression.decode(pack(bytes), shape);
  };

  it('returns the bytes of its pixels, without padding', async () => {
    expect(stored.equals(await decode(stored))).toBe(true);
    expect(stored.equals(await decode(Buffer.concat([stored, Buffer.alloc(500)])))).toBe(true);
  });

  it('returns fewer if it is cut short, and refuses many more', async () => {
    expect(await decode(stored.subarray(0, 1000))).toHaveLength(1000);
    await expect(decode(Buffer.concat([stored, stored]))).rejects.toThrow(
      'more bytes than its pixels',
    );
  });

  it('is refused if it is damaged', async () => {
    if (!('decode' in compression)) throw new Error('it makes no bytes');
    const half = pack(stored).subarray(0, 200);
    await expect(async () => compression.decode(half, shape)).rejects.toThrow(
      'unexpected end of file',
    );
  });
});
