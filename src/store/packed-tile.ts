import { deflateRawSync, inflateRawSync } from 'node:zlib';
import { countRuns, decodeRuns } from '../core/mask/run-length.ts';
import { tilePixels } from '../core/mask/tiles.ts';

/** Storage format of a mask's tile in the database. */

/**
 * First byte of a tile stored as compressed runs instead of pixels. Raw Deflate cannot begin with it: its lowest three
 * bits would be a block of the reserved type (RFC 1951, 3.2.3).
 */
const runsMark = 0xff;

/**
 * Compresses runs at the fastest level: the user waits while a stroke is saved, and masks compress well at any level.
 */
export function packTile(runs: Uint8Array): Uint8Array {
  return Buffer.concat([Uint8Array.of(runsMark), deflateRawSync(runs, { level: 1 })]);
}

/**
 * Decompresses the pixels of a tile, `tilePixels` values.
 *
 * @throws Error if it is damaged
 */
export function unpackTile(packed: Uint8Array): Uint8Array {
  if (packed[0] === runsMark) return unpackRuns(packed.subarray(1));
  const pixels = inflateRawSync(packed, { maxOutputLength: tilePixels });
  // A plain array, not a Buffer: it may be sent to the page.
  if (pixels.length === tilePixels) {
    return new Uint8Array(pixels.buffer, pixels.byteOffset, tilePixels);
  }
  throw new Error(`a tile of a mask has ${pixels.length} pixels`);
}

function unpackRuns(packed: Uint8Array): Uint8Array {
  const runs = inflateRawSync(packed, { maxOutputLength: 2 * tilePixels });
  const { length } = countRuns(runs);
  if (length !== tilePixels) throw new Error(`a tile of a mask has ${length} pixels`);
  const pixels = new Uint8Array(tilePixels);
  decodeRuns(runs, (from, to, value) => {
    if (value !== 0) pixels.fill(value, from, to);
  });
  return pixels;
}
