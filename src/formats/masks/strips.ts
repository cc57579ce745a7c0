import { Readable, type Transform } from 'node:stream';
import { setImmediate } from 'node:timers/promises';
import { tileCounts, tileSide } from '../../core/mask/tiles.ts';
import type { MaskRaster } from './mask-raster.ts';

/**
 * Yields a mask's rows from top to bottom, (rows, width) values per strip: as many rows as a tile has, fewer at the
 * lower edge. A mask of 20,000 × 20,000 px takes 10 MB at a time.
 */
export async function* maskStrips(mask: MaskRaster): AsyncGenerator<Uint8Array> {
  const { columns, rows } = tileCounts(mask);
  for (let y = 0; y < rows; y++) {
    const height = Math.min(tileSide, mask.height - y * tileSide);
    const strip = new Uint8Array(height * mask.width);
    for (let x = 0; x < columns; x++) {
      const tile = await mask.tile(x, y);
      if (tile === null) continue;
      const left = x * tileSide;
      const width = Math.min(tileSide, mask.width - left);
      for (let row = 0; row < height; row++) {
        const line = tile.subarray(row * tileSide, row * tileSide + width);
        strip.set(line, row * mask.width + left);
      }
    }
    yield strip;
  }
}

/**
 * Returns a whole mask, (height, width); for slices, which are small. The image's other readers may run before it.
 */
export async function wholeMask(mask: MaskRaster): Promise<Uint8Array> {
  await setImmediate();
  const whole = new Uint8Array(mask.width * mask.height);
  let at = 0;
  for await (const strip of maskStrips(mask)) {
    whole.set(strip, at);
    at += strip.length;
  }
  return whole;
}

/** Yields a packer's output for parts, as they arrive and as they are requested. */
export async function* packed(
  parts: AsyncIterable<Uint8Array>,
  packer: Transform,
): AsyncGenerator<Uint8Array> {
  const source = Readable.from(parts);
  source.on('error', (error) => packer.destroy(error));
  source.pipe(packer);
  try {
    for await (const chunk of packer) yield chunk as Buffer;
  } finally {
    source.destroy();
    packer.destroy();
  }
}
