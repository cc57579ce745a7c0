import { deflateRawSync, inflateRawSync } from 'node:zlib';
import { countRuns, decodeRuns } from '../core/mask/runs.ts';
import { tilePixels } from '../core/mask/tiles.ts';

/** A tile of a mask as it lies on the disk. */

/**
 * Begins a tile whose runs were compressed and not its pixels. No raw Deflate begins so: its lowest three bits
 * would be a block of the type that is reserved (RFC 1951, 3.2.3).
 */
const runsMark = 0xff;

/** Runs at the quickest level: a person waits while a stroke is saved, and masks shrink well at any. */
export function packTile(runs: Uint8Array): Uint8Array {
  return Buffer.concat([Uint8Array.of(runsMark), deflateRawSync(runs, { level: 1 })]);
}

/**
 * The pixels of a tile, `tilePixels` values.
 *
 * @throws Error where it is damaged
 */
export function unpackTile(packed: Uint8Array): Uint8Array {
  if (packed[0] === runsMark) return unpackRuns(packed.subarray(1));
  const pixels = inflateRawSync(packed, { maxOutputLength: tilePixels });
  // A plain array, not a Buffer: it may cross into the page.
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
