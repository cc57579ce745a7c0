import { dicomFrameText } from '../../../../text/index.ts';
import type { ReadLimits } from '../../image-file.ts';
import type { SizedBytes } from '../../file-source.ts';
import { decodeFrame } from './decode-frame.ts';
import type { DataSet, PixelElement } from '../data-set.ts';
import { damaged, tooLarge } from '../faults.ts';
import { readFragments, type Fragment } from './fragments.ts';
import { frameFragments } from './frame-fragments.ts';
import { frameNotes, type FrameReader } from './frame-reader.ts';
import type { ImagePixel } from '../image-pixel.ts';
import type { PixelCoding } from '../transfer-syntax.ts';

export interface EncapsulatedPixels {
  readonly source: SizedBytes;
  readonly element: PixelElement;
  readonly pixel: ImagePixel;
  readonly elements: DataSet;
  readonly coding: Exclude<PixelCoding, 'native'>;
}

/** Compressed frames, in fragments (PS3.5, A.4). */
export async function encapsulatedFrames(
  { source, element, pixel, elements, coding }: EncapsulatedPixels,
  limits: ReadLimits,
): Promise<FrameReader> {
  if (element.length !== null) throw damaged(dicomFrameText.noFragments);
  if (pixel.isFloat) throw damaged(dicomFrameText.compressedFloats);
  const fragments = await readFragments(source, element.start);
  const { frames, held } = frameFragments(fragments, elements, pixel.frames);
  return {
    frames: frames.length,
    notes: frameNotes(held, pixel.frames, fragments.isCutShort),
    async read(frame) {
      const bytes = await joined(source, frames[frame] ?? [], limits);
      return decodeFrame(bytes, coding, pixel);
    },
  };
}

async function joined(
  source: SizedBytes,
  fragments: readonly Fragment[],
  limits: ReadLimits,
): Promise<Uint8Array> {
  const size = fragments.reduce((sum, { length }) => sum + length, 0);
  if (size > limits.bytes) throw tooLarge(dicomFrameText.largeFrame(size));
  const [only] = fragments;
  if (only !== undefined && fragments.length === 1) return source.read(only.start, only.length);
  const bytes = new Uint8Array(size);
  let at = 0;
  for (const { start, length } of fragments) {
    bytes.set(await source.read(start, length), at);
    at += length;
  }
  return bytes;
}
