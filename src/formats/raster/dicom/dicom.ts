import { dicomNotes, dicomText } from '../../../text/index.ts';
import { decodeWithin } from '../../files/decode-budget.ts';
import { FileSource, type SizedBytes } from '../file-source.ts';
import type {
  ImageFile,
  ImageHeader,
  Interpretation,
  OpenImage,
  Pixels,
  ReadLimits,
  ReadRequest,
  Samples,
} from '../image-file.ts';
import { cropFrame } from '../crop.ts';
import { checkRequest, throwIfAborted, type CheckedRequest } from '../read-request.ts';
import { newSamples, sampleBytes } from '../sample-arrays.ts';
import { boundedSource } from './byte-source.ts';
import { toRgb } from './colours.ts';
import type { DataSet } from './data-set.ts';
import { readDisplay, type FrameDisplay } from './display.ts';
import { encapsulatedFrames } from './frames/encapsulated-frames.ts';
import { DicomFault, tooLarge, userError } from './faults.ts';
import type { DecodedFrame, FrameReader } from './frames/frame-reader.ts';
import { readDirections, readGrouping, readSpacing } from './geometry.ts';
import { imagePixel, type ImagePixel } from './image-pixel.ts';
import { isFilm, readModality } from './modality.ts';
import { nativeFrames } from './frames/native-frames.ts';
import { withoutPixels } from './object-kinds.ts';
import { readPart10 } from './part10.ts';
import type { PixelCoding, TransferSyntax } from './transfer-syntax.ts';
import { sampleTypeOf, takeBits } from './stored-values.ts';
import { number, firstText } from './values.ts';

export { isDicom } from './part10.ts';

/**
 * Opens a DICOM image (PS3.10 files, PS3.5 encodings) of one or many frames. Attributes are read up to the pixels; for
 * compressed pixels, only the positions of their fragments.
 *
 * Values are as stored. Colours are returned as RGB, whatever the file stores, unless `colours` requests stored values;
 * if the frames of a file are rescaled differently, values are returned rescaled, as floating-point numbers, and a note
 * says so.
 */
export const openDicom: OpenImage = async (path, limits) =>
  openDicomSource(await FileSource.open(path), limits);

/** Opens a source like `openDicom`, for an open file, which is closed with the image or upon refusal. */
export async function openDicomSource(file: FileSource, limits: ReadLimits): Promise<ImageFile> {
  try {
    return imageFile(file, await readImage(boundedSource(file), limits), limits);
  } catch (error) {
    await file.close();
    throw userError(error, file.path);
  }
}

interface Image {
  readonly header: ImageHeader;
  readonly pixel: ImagePixel;
  readonly frames: FrameReader;
  readonly coding: PixelCoding;
  readonly rescales: FrameDisplay['rescales'];
  /** Notes about frames, added as they are read. */
  readonly frameNotes: Set<string>;
}

async function readImage(file: SizedBytes, limits: ReadLimits): Promise<Image> {
  const part10 = await readPart10(file, limits);
  const { elements, pixels, fault, source, syntax } = part10;
  if (pixels === null || pixels.length === 0) {
    throw withoutPixels(new Map([...part10.meta, ...elements]), fault);
  }
  const pixel = imagePixel(elements, pixels, limits);
  const { coding } = syntax;
  const frames =
    coding === 'native'
      ? nativeFrames(source, pixels, pixel, syntax.encoding.littleEndian)
      : await encapsulatedFrames({ source, element: pixels, pixel, elements, coding }, limits);
  const shown = readDisplay(elements, pixel, frames.frames);
  return {
    header: { ...headerOf(elements, pixel, frames, shown), ...lossOf(elements, syntax) },
    pixel,
    frames,
    coding,
    rescales: shown.rescales,
    frameNotes: new Set(),
  };
}

/** Returns the loss of the transfer syntax and, if that allows either, of the attribute (PS3.3, C.7.6.1.1.5). */
function lossOf(elements: DataSet, { name, loss }: TransferSyntax): Pick<ImageHeader, 'lossy'> {
  const isLossy =
    loss === 'always' ||
    (loss === 'maybe' && firstText(elements, 'LossyImageCompression') === '01');
  return isLossy ? { lossy: name } : {};
}

function headerOf(
  elements: DataSet,
  pixel: ImagePixel,
  { frames, notes }: FrameReader,
  { display, rescales, notes: displayNotes }: FrameDisplay,
): ImageHeader {
  const { columns: width, rows: height, samples: bands } = pixel;
  const { spacing, notes: spacingNotes } = readSpacing(elements, frames);
  return {
    format: 'dicom',
    width,
    height,
    bands,
    frames,
    sampleType: rescales === null ? sampleTypeOf(pixel) : rescaledType(pixel),
    interpretation: interpretationOf(pixel),
    alpha: null,
    nodata: rescales === null ? paddingValue(elements, pixel) : null,
    levels: [{ width, height }],
    spacing,
    geo: null,
    display,
    directions: readDirections(elements, frames),
    modality: readModality(elements),
    isFilm: isFilm(elements, frames),
    grouping: readGrouping(elements),
    notes: [
      ...pixel.notes,
      ...notes,
      ...displayNotes,
      ...spacingNotes,
      ...objectNotes(elements, pixel),
    ],
  };
}

function interpretationOf({ samples, photometric }: ImagePixel): Interpretation {
  if (samples === 3) return 'rgb';
  return photometric === 'PALETTE COLOR' ? 'palette' : 'grey';
}

/** Single precision represents every 16-bit value times a slope as precisely as the slope is written. */
function rescaledType({ bitsAllocated }: ImagePixel): 'float32' | 'float64' {
  return bitsAllocated <= 16 ? 'float32' : 'float64';
}

/**
 * The padding value around the image (PS3.3, C.7.5.1.1.2), as decoded from the stored bits: files write it with either
 * sign, and with bits that pixels do not have.
 */
function paddingValue(elements: DataSet, pixel: ImagePixel): number | null {
  if (pixel.samples === 3 || pixel.isFloat) return null;
  const value = number(elements, 'PixelPaddingValue', pixel.isSigned);
  if (value === null || !Number.isInteger(value)) return null;
  const one = newSamples(sampleTypeOf(pixel), 1);
  one[0] = value;
  takeBits(one, { bits: pixel.bitsStored, lowBit: 0, isSigned: pixel.isSigned });
  return one[0];
}

function objectNotes(elements: DataSet, pixel: ImagePixel): string[] {
  const notes: string[] = [];
  if (firstText(elements, 'DimensionOrganizationType')?.startsWith('TILED') === true) {
    const width = number(elements, 'TotalPixelMatrixColumns');
    const height = number(elements, 'TotalPixelMatrixRows');
    notes.push(dicomNotes.tiles(width, height));
  }
  const scaling = number(elements, 'DoseGridScaling');
  if (scaling !== null) {
    notes.push(dicomNotes.dose(scaling));
  }
  const limit = number(elements, 'PixelPaddingRangeLimit', pixel.isSigned);
  if (limit !== null && limit !== number(elements, 'PixelPaddingValue', pixel.isSigned)) {
    notes.push(dicomNotes.paddingRange);
  }
  return notes;
}

function imageFile(file: FileSource, image: Image, limits: ReadLimits): ImageFile {
  const { path } = file;
  return {
    path,
    /** Header of the file; its notes grow as frames are read. */
    get header() {
      const { header, frameNotes } = image;
      if (frameNotes.size === 0) return header;
      return { ...header, notes: [...header.notes, ...frameNotes] };
    },
    async read(request = {}) {
      try {
        const bytes = decodingBytes(image);
        requireFrameWithin(limits, bytes);
        const checked = checkRequest(request, image.header, limits, path);
        const { value, release } = await decodeWithin(
          bytes,
          () => readPixels(image, checked, request),
          request.signal,
        );
        release();
        return value;
      } catch (error) {
        throw userError(error, path);
      }
    },
    close: () => file.close(),
  };
}

/** Memory for decoding a frame and for its result, bytes; JPEG 2000 uses 32 bits per value. */
function decodingBytes({ header, coding }: Image): number {
  const { width, height, bands, sampleType } = header;
  const values = width * height * bands;
  return 2 * values * sampleBytes[sampleType] + (coding === 'jpeg-2000' ? 4 * values : 0);
}

/** Frames are decoded whole, whatever part of them is requested. */
function requireFrameWithin(limits: ReadLimits, bytes: number): void {
  if (bytes <= limits.whole) return;
  throw tooLarge(dicomText.largeFrames(bytes, limits.whole));
}

async function readPixels(
  image: Image,
  checked: CheckedRequest,
  { signal, colours = 'rgb' }: ReadRequest,
): Promise<Pixels> {
  const { header, frames, rescales } = image;
  const decoded = await frames.read(checked.frame).catch((error: unknown) => {
    throw header.frames > 1 ? ofFrame(error, checked.frame) : error;
  });
  throwIfAborted(signal);
  if (decoded.note !== undefined) image.frameNotes.add(decoded.note);
  const stored = colours === 'rgb' ? inRgb(decoded) : asStored(decoded, image);
  const rescale = rescales?.[checked.frame];
  const frame = rescale === undefined ? stored : rescaled(stored, rescale, header.sampleType);
  return cropFrame(frame, header, checked, true);
}

function inRgb({ values, space, bits }: DecodedFrame): Samples {
  toRgb(values, space, bits);
  return values;
}

function asStored({ values, space }: DecodedFrame, { pixel, frameNotes }: Image): Samples {
  if (space !== 'rgb') {
    frameNotes.add(dicomNotes.lumaAndChroma(pixel.photometric));
  }
  return values;
}

function ofFrame(error: unknown, frame: number): unknown {
  if (!(error instanceof DicomFault)) return error;
  return new DicomFault(
    error.code,
    dicomText.inFrame(error.message, frame + 1),
    error.advice,
    error.details,
  );
}

function rescaled(
  stored: Samples,
  { slope, intercept }: { readonly slope: number; readonly intercept: number },
  type: ImageHeader['sampleType'],
): Samples {
  const values = newSamples(type, stored.length);
  for (let i = 0; i < values.length; i++) values[i] = slope * (stored[i] ?? 0) + intercept;
  return values;
}
