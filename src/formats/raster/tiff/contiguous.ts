import type { TiffSource } from './tiff-source.ts';
import { blockShape } from './blocks/block-reader.ts';
import { samplesInBlock, type Page } from './page.ts';
import { rowBytesOf } from './blocks/samples.ts';

/** Pages that follow each other and share one directory. */
export interface Contiguous {
  readonly frames: number;
  /** Bytes from one to the next. */
  readonly stride: number;
}

/**
 * Finds the pages of a large ImageJ stack: it has one directory, whose description states how many images follow each
 * other, uncompressed, from the first offset on.
 *
 * @returns null for any other file, and if the images would not fit into it
 */
export function contiguousFrames(
  source: TiffSource,
  page: Page,
  description: string,
  firstOffset: number,
): Contiguous | null {
  if (!description.startsWith('ImageJ=') || page.compression.name !== 'none') return null;
  const frames = Number(/^images=(\d+)\s*$/m.exec(description)?.[1] ?? 1);
  const isOneBlock = !page.isTiled && page.block.height >= page.height;
  if (!isOneBlock || !Number.isSafeInteger(frames) || frames < 2) return null;
  const rowBytes = rowBytesOf(page.width * samplesInBlock(page), page.bits);
  const planes = page.isPlanar ? page.samples : 1;
  const stride = rowBytes * blockShape(page, 0).rows * planes;
  return firstOffset + frames * stride <= source.size ? { frames, stride } : null;
}
