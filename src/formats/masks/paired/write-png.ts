import { crc32, createDeflate } from 'node:zlib';
import { maskPalette } from '../colours.ts';
import type { MaskRaster } from '../mask-raster.ts';
import { maskStrips, packed } from '../strips.ts';

/**
 * Yields a mask as an 8-bit indexed PNG: the index is the value, the palette has the classes' colours (see
 * `maskColours`). Written strip by strip, never all of it in memory. (libvips, which reads all our PNG files, chooses
 * palettes itself, so indices would be lost.)
 */
export async function* pngOfMask(mask: MaskRaster): AsyncGenerator<Uint8Array> {
  yield Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
  const header = Buffer.alloc(13);
  header.writeUInt32BE(mask.width, 0);
  header.writeUInt32BE(mask.height, 4);
  // 8 bits per index, colour type 3 (indexed); deflate, no interlacing.
  header.set([8, 3, 0, 0, 0], 8);
  yield chunk('IHDR', header);
  yield chunk('PLTE', maskPalette(mask.classes));
  const packer = createDeflate({ chunkSize: 2 ** 18 });
  for await (const part of packed(filteredRows(mask), packer)) yield chunk('IDAT', part);
  yield chunk('IEND', new Uint8Array());
}

/** Rows preceded by the number of their filter: 0, none, because differences of indices are meaningless. */
async function* filteredRows(mask: MaskRaster): AsyncGenerator<Uint8Array> {
  const { width } = mask;
  for await (const strip of maskStrips(mask)) {
    const rows = strip.length / width;
    const filtered = new Uint8Array(rows * (width + 1));
    for (let row = 0; row < rows; row++) {
      filtered.set(strip.subarray(row * width, (row + 1) * width), row * (width + 1) + 1);
    }
    yield filtered;
  }
}

/** Length, name, data and checksum (PNG specification, 5.3). */
function chunk(name: string, data: Uint8Array): Uint8Array {
  const bytes = Buffer.alloc(12 + data.length);
  bytes.writeUInt32BE(data.length, 0);
  bytes.write(name, 4, 'latin1');
  bytes.set(data, 8);
  bytes.writeUInt32BE(crc32(bytes.subarray(4, 8 + data.length)), 8 + data.length);
  return bytes;
}
