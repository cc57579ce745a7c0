import { dicomFrameText, dicomNotes, dicomText } from '../../../../text/index.ts';
import type { Samples } from '../../image-file.ts';
import type { SizedBytes } from '../../file-source.ts';
import { colourSpaceOf, isSubsampled, withOwnChromas } from '../colours.ts';
import type { PixelElement } from '../data-set.ts';
import { damaged } from '../faults.ts';
import { frameNotes, type FrameReader } from './frame-reader.ts';
import type { ImagePixel } from '../image-pixel.ts';
import { interleaved, sampleTypeOf, takeBits, valuesIn } from '../stored-values.ts';

/** Uncompressed frames, one after the other (PS3.5, 8.1). */
export function nativeFrames(
  source: SizedBytes,
  pixels: PixelElement,
  pixel: ImagePixel,
  littleEndian: boolean,
): FrameReader {
  if (pixels.length === null) throw damaged(dicomFrameText.unexpectedFragments);
  const present = Math.min(pixels.length, source.size - pixels.start);
  const layout = layoutOf(pixel, pixels.length);
  const held = Math.floor((present * 8) / layout.frameBits);
  if (held === 0) {
    const needed = Math.ceil(layout.frameBits / 8);
    throw damaged(dicomText.cutShortInFrame(needed, present));
  }
  const space = colourSpaceOf(pixel.photometric);
  // Bytes in words: pairs are swapped together with the words (PS3.5, 8.1.1 and annex A.3).
  const isSwapped = !littleEndian && pixels.vr === 'OW' && pixel.bitsAllocated <= 8;
  return {
    frames: Math.min(held, pixel.frames),
    notes: [...layout.notes, ...frameNotes(held, pixel.frames, present < pixels.length)],
    async read(frame) {
      const firstBit = frame * layout.frameBits;
      const range = {
        start: Math.floor(firstBit / 8),
        end: Math.ceil((firstBit + layout.frameBits) / 8),
      };
      const bytes = await readRange(source, pixels, range, isSwapped);
      const stored = unpacked(bytes, pixel, firstBit % 8, littleEndian);
      takeBits(stored, { ...pixel, bits: pixel.bitsStored });
      const values = byPixel(stored, pixel, layout.isSubsampled);
      return { values, space, bits: pixel.bitsStored };
    },
  };
}

interface Layout {
  readonly isSubsampled: boolean;
  readonly frameBits: number;
  readonly notes: readonly string[];
}

function layoutOf(pixel: ImagePixel, length: number): Layout {
  const { rows, columns, samples, bitsAllocated, photometric } = pixel;
  const whole = rows * columns * samples * bitsAllocated;
  if (samples === 1 || !isSubsampled(photometric)) {
    return { isSubsampled: false, frameBits: whole, notes: [] };
  }
  // A common mistake: chromas are declared as shared, but the data are long enough for chromas of every pixel.
  if (length === Math.ceil((pixel.frames * whole) / 16) * 2) {
    const note = dicomNotes.ownChroma(photometric);
    return { isSubsampled: false, frameBits: whole, notes: [note] };
  }
  if (columns % 2 !== 0) throw damaged(dicomFrameText.oddColumns);
  return { isSubsampled: true, frameBits: (whole / 3) * 2, notes: [] };
}

async function readRange(
  source: SizedBytes,
  pixels: PixelElement,
  { start, end }: { readonly start: number; readonly end: number },
  isSwapped: boolean,
): Promise<Uint8Array<ArrayBuffer>> {
  if (!isSwapped) return source.read(pixels.start + start, end - start);
  // Whole words, so that an odd byte has its partner.
  const first = start - (start % 2);
  const last = end + (end % 2);
  const bytes = await source.read(pixels.start + first, last - first);
  Buffer.from(bytes.buffer).swap16();
  return bytes.slice(start - first, end - first);
}

/** Returns values of their type in this machine's byte order. */
function unpacked(
  bytes: Uint8Array<ArrayBuffer>,
  pixel: ImagePixel,
  firstBit: number,
  littleEndian: boolean,
): Samples {
  if (pixel.bitsAllocated === 1) {
    return bitsOf(bytes, firstBit, pixel.rows * pixel.columns * pixel.samples);
  }
  const buffer = Buffer.from(bytes.buffer);
  if (!littleEndian && pixel.bitsAllocated === 16) buffer.swap16();
  if (!littleEndian && pixel.bitsAllocated === 32) buffer.swap32();
  if (!littleEndian && pixel.bitsAllocated === 64) buffer.swap64();
  return valuesIn(bytes, sampleTypeOf(pixel));
}

/** Unpacks bits to bytes, the lowest bit first (PS3.5, 8.1.1). */
function bitsOf(bytes: Uint8Array, firstBit: number, count: number): Uint8Array<ArrayBuffer> {
  const values = new Uint8Array(count);
  for (let i = 0; i < count; i++) {
    const bit = firstBit + i;
    values[i] = ((bytes[bit >> 3] ?? 0) >> (bit & 7)) & 1;
  }
  return values;
}

function byPixel(values: Samples, { isPlanar, samples }: ImagePixel, subsampled: boolean): Samples {
  if (subsampled) return withOwnChromas(values, isPlanar);
  return isPlanar ? interleaved(values, samples) : values;
}
