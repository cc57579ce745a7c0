import { bmpText } from '../../../text/index.ts';
import type { ReadLimits } from '../image-file.ts';
import { readBmpHeader, type BmpHeader } from './bmp-header.ts';
import { decodeBmp } from './bmp-pixels.ts';
import { requireRuns } from './bmp-runs.ts';
import { wholeHeader, type WholeImage } from './whole-file.ts';

/**
 * Opens a BMP file: 1, 2, 4 and 8 bits with a palette, 16, 24 and 32 bits, masks, run lengths, rows from either end.
 *
 * Written here because every library tried returns wrong values: bmp-ts 1.0.9 decodes a single row of 4-bit images of
 * odd width, fast-bmp 4.0.1 supports neither 4 nor 16 bits nor run lengths,
 * @cwasm/nsbmp 0.1.3 and bmp-ts never reach 255 from 5 or 6 bits, and nsbmp reads past short palettes.
 */
export function openBmp(bytes: Buffer, path: string, limits: ReadLimits): Promise<WholeImage> {
  const bmp = readBmpHeader(bytes, path);
  const { bands } = bmp.colours;
  const header = wholeHeader(
    {
      format: 'bmp',
      width: bmp.width,
      height: bmp.height,
      bands,
      sampleType: 'uint8',
      alpha: bands === 4 ? 3 : null,
      rescale: null,
      notes: notesOn(bmp),
    },
    limits,
    path,
  );
  requireRuns(bytes.length, bmp, path);
  return Promise.resolve({
    header,
    decode: () => Promise.resolve().then(() => decodeBmp(bytes, bmp, path)),
  });
}

function notesOn({ colours }: BmpHeader): string[] {
  if (colours.kind !== 'masks' || colours.masks.every(({ bits }) => bits === 8 || bits === 0)) {
    return [];
  }
  const bits = colours.masks.map((mask) => mask.bits).join(', ');
  return [bmpText.converted(bits)];
}
