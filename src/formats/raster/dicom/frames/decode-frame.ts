import { dicomAdvice, dicomFrameText, dicomNotes } from '../../../../text/index.ts';
import type { Samples } from '../../image-file.ts';
import { newSamples } from '../../sample-arrays.ts';
import { colourSpaceOf, type ColourSpace } from '../colours.ts';
import { damaged, tooLarge, unsupported } from '../faults.ts';
import type { DecodedFrame } from './frame-reader.ts';
import type { ImagePixel } from '../image-pixel.ts';
import { jpeg2000Header } from './jpeg2000-header.ts';
import { withSizeOfTile } from './jpeg2000-repair.ts';
import { jpegHeader, type JpegHeader } from './jpeg-header.ts';
import {
  CodecError,
  decodeNatively,
  fitsMemory,
  type EncodedFrame,
  type NativeCodec,
} from './native-codecs.ts';
import { decodeRle } from './rle.ts';
import { interleaved, sampleTypeOf, takeBits, valuesIn, type BitField } from '../stored-values.ts';
import type { PixelCoding } from '../transfer-syntax.ts';

/**
 * Decodes one compressed frame.
 *
 * @throws DicomFault 'invalid-file' if the codestream is damaged or its image differs from the header, 'unsupported'
 */
export async function decodeFrame(
  bytes: Uint8Array,
  coding: Exclude<PixelCoding, 'native'>,
  pixel: ImagePixel,
): Promise<DecodedFrame> {
  switch (coding) {
    case 'rle':
      return rleFrame(bytes, pixel);
    case 'jpeg':
      return jpegFrame(bytes, pixel);
    case 'jpeg-ls':
      return jpegLsFrame(bytes, pixel);
    case 'jpeg-2000':
      return jpeg2000Frame(bytes, pixel);
  }
}

function rleFrame(bytes: Uint8Array, pixel: ImagePixel): DecodedFrame {
  const { rows, columns, samples, bitsAllocated, bitsStored } = pixel;
  if (bitsAllocated === 1) throw damaged(dicomFrameText.rleBits);
  const planes = { pixels: rows * columns, samples, bytesPerSample: bitsAllocated / 8 };
  const values = valuesIn(decodeRle(bytes, planes), sampleTypeOf(pixel));
  takeBits(values, { ...pixel, bits: bitsStored });
  return { values, space: colourSpaceOf(pixel.photometric), bits: bitsStored };
}

async function jpegFrame(bytes: Uint8Array, pixel: ImagePixel): Promise<DecodedFrame> {
  const header = jpegHeader(bytes);
  requireProcess(header);
  const decoded = await decoded8Or16('jpeg', { bytes, ...header }, pixel);
  const values = stored(decoded, pixel, pixel.bitsStored);
  return { values, space: jpegColours(header, pixel), bits: header.precision };
}

/** Accepts baseline, extended, progressive, and lossless with Huffman codes; lossy ones only with 8 or 12 bits. */
function requireProcess({ process, precision }: JpegHeader): void {
  const isLossless = process === 3;
  const isKnown = isLossless || (process <= 2 && (precision === 8 || precision === 12));
  if (isKnown) return;
  throw unsupported(dicomFrameText.jpegProcess(process, precision), dicomAdvice.uncompress);
}

/**
 * Returns the colours of a JPEG. The codestream takes precedence over the header, which often is unchanged from before
 * coding.
 */
function jpegColours({ colours }: JpegHeader, { samples, photometric }: ImagePixel): ColourSpace {
  if (samples === 1 || colours === 'rgb') return 'rgb';
  const stated = colourSpaceOf(photometric);
  return colours === 'ybr' && stated === 'rgb' ? 'full' : stated;
}

async function jpegLsFrame(bytes: Uint8Array, pixel: ImagePixel): Promise<DecodedFrame> {
  const header = jpegHeader(bytes);
  if (header.process !== 55) throw damaged(dicomFrameText.notJpegLs);
  const decoded = await decoded8Or16('jpeg-ls', { bytes, ...header }, pixel);
  // JPEG-LS has no sign: negative values appear as large ones of its own precision.
  const planes = stored(decoded, pixel, header.precision);
  const isPlanar = pixel.samples > 1 && header.interleave === 0;
  const values = isPlanar ? interleaved(planes, pixel.samples) : planes;
  return { values, space: colourSpaceOf(pixel.photometric), bits: header.precision };
}

async function jpeg2000Frame(bytes: Uint8Array, pixel: ImagePixel): Promise<DecodedFrame> {
  const stated = jpeg2000Header(bytes);
  const codestream = bytes.subarray(stated.start);
  const mended = withSizeOfTile(codestream, pixel);
  const header = mended === null ? stated : jpeg2000Header(mended);
  if (header.components > 1 && header.precision > 8) {
    throw unsupported(dicomFrameText.jpeg2000Colours(header.precision), dicomAdvice.uncompress);
  }
  const frame = { ...header, bytes: mended ?? codestream };
  const decoded = await decoded8Or16('jpeg-2000', frame, pixel);
  const values = stored(decoded, pixel, header.precision);
  const { samples, photometric } = pixel;
  const isRgb = samples === 1 || header.hasColourTransform || /ICT|RCT/.test(photometric);
  const space = isRgb ? 'rgb' : colourSpaceOf(photometric);
  const note = mended === null ? {} : { note: dicomNotes.sizeOfTile };
  return { values, space, bits: header.precision, ...note };
}

/** Decodes a codestream that was checked to match the header. */
async function decoded8Or16(
  codec: NativeCodec,
  frame: EncodedFrame,
  { rows, columns, samples, bitsAllocated }: ImagePixel,
): Promise<Uint8Array<ArrayBuffer>> {
  const { width, height, components, precision } = frame;
  if (width !== columns || height !== rows) {
    throw damaged(dicomFrameText.otherSize({ width, height }, { width: columns, height: rows }));
  }
  if (components !== samples) {
    throw damaged(dicomFrameText.otherSamples(components, samples));
  }
  if (precision < 1 || precision > Math.min(16, bitsAllocated)) {
    throw damaged(dicomFrameText.otherBits(precision, bitsAllocated));
  }
  if (!fitsMemory(codec, frame)) {
    throw tooLarge(dicomFrameText.tooLarge({ width, height }));
  }
  const bytes = await decodeNatively(codec, frame).catch((error: unknown) => {
    if (!(error instanceof CodecError)) throw error;
    throw damaged(dicomFrameText.damaged, error.message.trim());
  });
  const expected = rows * columns * samples * (precision <= 8 ? 1 : 2);
  if (bytes.length !== expected) {
    throw damaged(dicomFrameText.otherLength(bytes.length, expected));
  }
  return bytes;
}

/** Converts decoded bytes or words to the type of the file's values. */
function stored(decoded: Uint8Array<ArrayBuffer>, pixel: ImagePixel, bits: number): Samples {
  const { rows, columns, samples } = pixel;
  const length = rows * columns * samples;
  const type = sampleTypeOf(pixel);
  const field: BitField = { bits, lowBit: 0, isSigned: pixel.isSigned };
  const raw = valuesIn(decoded, decoded.length === length ? 'uint8' : 'uint16');
  const bytesPerValue = raw.BYTES_PER_ELEMENT;
  const values =
    bytesPerValue === bytesInType(pixel) ? valuesIn(decoded, type) : newSamples(type, length);
  if (values.buffer !== raw.buffer) values.set(raw);
  takeBits(values, field);
  return values;
}

function bytesInType({ bitsAllocated }: ImagePixel): number {
  return Math.max(1, bitsAllocated / 8);
}
