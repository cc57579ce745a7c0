import { bmpText } from '../../../text/index.ts';
import type { Samples } from '../image-file.ts';
import { invalidBmp, type BmpHeader, type ColourMask } from './bmp-header.ts';
import { unpackRuns } from './bmp-runs.ts';

/**
 * Reads the pixels of a BMP file as 8-bit values, (height, width, bands) from the top left. Masks of fewer bits are
 * scaled to 8 by v · 255 / (2^bits − 1), rounded.
 *
 * @throws UserError 'invalid-file' if the file is cut short or refers to palette entries that do not exist
 */
export function decodeBmp(bytes: Buffer, header: BmpHeader, path: string): Samples {
  const { width, height, colours } = header;
  const length = width * height * colours.bands;
  if (header.isRunLength) {
    const indices = unpackRuns(bytes, header, path);
    const target = new Uint8Array(length);
    for (let row = 0; row < height; row++) {
      const line = indices.subarray(row * width, (row + 1) * width);
      lookUp(line, header, target, row, path);
    }
    return target;
  }
  const stride = Math.ceil((width * header.bits) / 32) * 4;
  // The last row may lack its padding.
  const needed = (height - 1) * stride + Math.ceil((width * header.bits) / 8);
  if (header.offset + needed > bytes.length) throw invalidBmp(path, bmpText.cutShort);
  const target = new Uint8Array(length);
  for (let line = 0; line < height; line++) {
    const from = header.offset + line * stride;
    const stored = bytes.subarray(from, from + stride);
    decodeRow(stored, header, target, header.isTopDown ? line : height - 1 - line, path);
  }
  return target;
}

function decodeRow(
  stored: Buffer,
  header: BmpHeader,
  target: Uint8Array,
  row: number,
  path: string,
): void {
  const { width, bits, colours } = header;
  switch (colours.kind) {
    case 'palette':
      lookUp(indicesOf(stored, bits, width), header, target, row, path);
      break;
    case 'bytes':
      reverseBytes(stored, bits / 8, target.subarray(3 * row * width, 3 * (row + 1) * width));
      break;
    case 'masks':
      applyMasks(stored, bits / 8, colours.masks, target, row * width * colours.bands, width);
      break;
  }
}

/** Returns the palette indices of a row, one per byte; stored from the highest bits on. */
function indicesOf(stored: Buffer, bits: number, width: number): Uint8Array {
  if (bits === 8) return stored.subarray(0, width);
  const indices = new Uint8Array(width);
  const perByte = 8 / bits;
  for (let x = 0; x < width; x++) {
    const byte = stored[Math.floor(x / perByte)] ?? 0;
    indices[x] = (byte >> (8 - bits - (x % perByte) * bits)) & (2 ** bits - 1);
  }
  return indices;
}

function lookUp(
  indices: Uint8Array,
  { width, colours }: BmpHeader,
  target: Uint8Array,
  row: number,
  path: string,
): void {
  if (colours.kind !== 'palette') throw new Error('lookUp: there is no palette');
  const { entries, bands } = colours;
  let write = row * width * bands;
  for (const index of indices) {
    const read = index * bands;
    if (read >= entries.length) {
      const count = entries.length / bands;
      throw invalidBmp(path, bmpText.outsidePalette(index, count));
    }
    for (let band = 0; band < bands; band++) target[write++] = entries[read + band] ?? 0;
  }
}

/** Converts blue, green, red (and an unused byte) to red, green, blue. */
function reverseBytes(stored: Buffer, pixelBytes: number, target: Uint8Array): void {
  let read = 0;
  for (let write = 0; write < target.length; write += 3) {
    target[write] = stored[read + 2] ?? 0;
    target[write + 1] = stored[read + 1] ?? 0;
    target[write + 2] = stored[read] ?? 0;
    read += pixelBytes;
  }
}

function applyMasks(
  stored: Buffer,
  pixelBytes: number,
  masks: readonly ColourMask[],
  target: Uint8Array,
  start: number,
  width: number,
): void {
  let write = start;
  for (let x = 0; x < width; x++) {
    const word = stored.readUIntLE(x * pixelBytes, pixelBytes);
    for (const { shift, bits } of masks) {
      const largest = 2 ** bits - 1;
      const value = (word >>> shift) & largest;
      target[write++] = largest === 0 ? 0 : Math.round((value * 255) / largest);
    }
  }
}
