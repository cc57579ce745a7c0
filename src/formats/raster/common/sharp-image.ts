import type { Metadata } from 'sharp';
import { UserError } from '../../../core/errors.ts';
import { commonImageText } from '../../../text/index.ts';
import { decodeWithin } from '../../files/decode-budget.ts';
import { damagedImage, sharp } from '../../libvips.ts';
import { memoryFailure } from '../../files/memory-failure.ts';
import type { ImageFormat, ImageHeader, ReadLimits, Samples } from '../image-file.ts';
import { pickBands } from '../crop.ts';
import { newSamples, sampleBytes, samplesOf } from '../sample-arrays.ts';
import { sketchJpeg } from './jpeg-sketch.ts';
import type { SketchedJpeg, SketchOptions } from './jpeg-sketch.ts';
import { plainJpeg } from './plain-jpeg.ts';
import { wholeHeader, type WholeImage } from './whole-file.ts';

/** Formats with the same name in the decoder and here. */
const formats: ReadonlySet<string> = new Set<ImageFormat>(['png', 'jpeg', 'webp']);

/** Storage of an image and the way to decode it. */
interface Stored {
  readonly bands: 1 | 2 | 3 | 4;
  readonly sampleType: 'uint8' | 'uint16';
  readonly isCmyk: boolean;
  /** True if its EXIF data rotate or flip it; checking this while decoding takes time for a small image. */
  readonly isTurned: boolean;
  /** Factor by which the decoder multiplies grey of 1, 2 and 4 bits to reach 255; 1 otherwise. */
  readonly factor: number;
}

/** Facts about an image that are known before it is decoded. */
interface Facts extends Stored {
  readonly format: ImageFormat;
  readonly width: number;
  readonly height: number;
  readonly notes: readonly string[];
  /** True for several passes: the decoder keeps the whole image until the last one. */
  readonly isProgressive: boolean;
}

/** Opens a PNG, JPEG or WebP file with libvips. Throws as `openCommon`. */
export async function openWithSharp(
  bytes: Buffer,
  path: string,
  limits: ReadLimits,
): Promise<WholeImage> {
  const facts = plainFacts(bytes) ?? (await decoderFacts(bytes, path));
  const { format, width, height, bands, sampleType, factor, notes } = facts;
  const header = wholeHeader(
    {
      format,
      width,
      height,
      bands,
      sampleType,
      notes,
      alpha: bands === 2 || bands === 4 ? bands - 1 : null,
      rescale: factor === 1 ? null : { slope: factor, intercept: 0 },
    },
    limits,
    path,
    bytesBeside(facts),
  );
  requirePlausible(bytes.length, header, path);
  return {
    header,
    decode: () => decode(bytes, facts, limits, path),
    bytesBeside: bytesBeside(facts),
    // The decoder reads a JPEG at a half, a quarter or an eighth of its size if that is enough.
    sketch:
      format === 'jpeg' && !facts.isCmyk
        ? (side, quality) =>
            sketch({ path, bytes, ...facts }, { side, quality, limit: limits.pixels })
        : undefined,
  };
}

async function sketch(
  jpeg: SketchedJpeg & Pick<Facts, 'isProgressive'>,
  options: SketchOptions,
): Promise<Buffer> {
  const { path, width, height, bands, isProgressive } = jpeg;
  const held = isProgressive ? 2 * width * height * bands : 0;
  const { value, release } = await decodeWithin(held, () =>
    sketchJpeg(jpeg, options).catch((error: unknown) => {
      throw decodeFailure(error, path);
    }),
  );
  release();
  return value;
}

function plainFacts(bytes: Buffer): Facts | null {
  const plain = plainJpeg(bytes);
  if (plain === null) return null;
  const stored = { sampleType: 'uint8', isCmyk: false, isTurned: false, factor: 1 } as const;
  return { format: 'jpeg', ...plain, ...stored, notes: [] };
}

async function decoderFacts(bytes: Buffer, path: string): Promise<Facts> {
  const metadata = await sharp(bytes, { failOn: 'error', limitInputPixels: false })
    .metadata()
    .catch((error: unknown) => {
      throw decodeFailure(error, path);
    });
  const { width, height } = metadata.autoOrient;
  const format = metadata.format as ImageFormat;
  const { isProgressive } = metadata;
  const notes = notesOn(metadata);
  return { ...storedAs(metadata, path), format, width, height, notes, isProgressive };
}

function storedAs(metadata: Metadata, path: string): Stored {
  const {
    format,
    depth,
    space,
    channels,
    isPalette,
    orientation = 1,
    bitsPerSample = 8,
  } = metadata;
  if (!formats.has(format)) throw damagedImage(path, `the decoder takes it for ${format}`);
  if (depth !== 'uchar' && depth !== 'ushort') throw unsupportedValues(path, depth);
  const isCmyk = space === 'cmyk';
  const bands = isCmyk ? 3 : channels;
  const isGrey = space === 'b-w' || space === 'grey16';
  if (isGrey !== bands < 3 || bands > 4)
    throw unsupportedValues(path, commonImageText.bands(channels));
  const isSmall = isGrey && !isPalette && bitsPerSample < 8;
  return {
    bands: bands,
    sampleType: depth === 'ushort' && !isCmyk ? 'uint16' : 'uint8',
    isCmyk,
    isTurned: orientation !== 1,
    factor: isSmall ? 255 / (2 ** bitsPerSample - 1) : 1,
  };
}

function notesOn({ space, pages = 1, hasProfile }: Metadata): string[] {
  return [
    ...(pages > 1 ? [commonImageText.animation(pages)] : []),
    ...(space === 'cmyk'
      ? [hasProfile ? commonImageText.cmykByOwnProfile : commonImageText.cmykByStandardProfile]
      : []),
  ];
}

/**
 * Returns the memory for decoding in addition to the frame, bytes. Grey with alpha is decoded as four bands; the
 * decoder holds all coefficients of a progressive JPEG, 16 bits each, and all values of an interlaced PNG, a WebP or a
 * rotated image.
 */
function bytesBeside(facts: Facts): number {
  const { format, width, height, bands, sampleType, isProgressive, isTurned } = facts;
  const values = width * height * bands;
  const ofAlpha = bands === 2 ? 2 * values * sampleBytes[sampleType] : 0;
  const isHeldTwice = format === 'webp' || isTurned || (format === 'png' && isProgressive);
  const ofPasses = format === 'jpeg' && isProgressive ? 2 * values : 0;
  return ofAlpha + ofPasses + (isHeldTwice ? values * sampleBytes[sampleType] : 0);
}

/** Bytes of pixels below which no file is refused, however small it is. */
const implausibleBytes = 2 ** 26;
/**
 * Bytes of pixels per byte of the file that no PNG can reach (RFC 1951: 1032 to 1, and eight pixels of one bit per
 * byte), and no meaningful WebP or JPEG.
 */
const implausibleRatio = 10_000;

/** @throws UserError 'too-large' for a small file that would only fill memory with one colour */
function requirePlausible(
  fileBytes: number,
  { width, height, bands, sampleType }: ImageHeader,
  path: string,
): void {
  const bytes = width * height * bands * sampleBytes[sampleType];
  if (bytes < implausibleBytes || bytes < implausibleRatio * fileBytes) return;
  throw new UserError('too-large', commonImageText.implausible(path, fileBytes, { width, height }));
}

async function decode(
  bytes: Buffer,
  { width, height, bands, sampleType, isCmyk, isTurned, factor }: Facts,
  limits: ReadLimits,
  path: string,
): Promise<Samples> {
  const isWide = sampleType === 'uint16';
  // For grey with alpha the decoder would return only the grey, so it is decoded as RGB with alpha.
  const space = bands === 1 ? (isWide ? 'grey16' : 'b-w') : isWide ? 'rgb16' : 'srgb';
  const { data, info } = await sharp(bytes, {
    autoOrient: isTurned,
    failOn: 'error',
    ignoreIcc: !isCmyk,
    limitInputPixels: limits.pixels,
  })
    .toColourspace(space)
    .raw(isWide ? { depth: 'ushort' } : {})
    .toBuffer({ resolveWithObject: true })
    .catch((error: unknown) => {
      throw decodeFailure(error, path);
    });
  const channels = bands === 2 ? 4 : bands;
  if (info.channels !== channels || info.width !== width || info.height !== height) {
    throw damagedImage(path, `it was decoded to ${info.width} × ${info.height} × ${info.channels}`);
  }
  const values = samplesOf(sampleType, ownBuffer(data));
  return divided(bands === 2 ? greyWithAlpha(values, sampleType) : values, bands, factor);
}

/** Returns the decoder's memory if it belongs only to this image, else a copy. */
function ownBuffer(data: Buffer): ArrayBuffer {
  const { buffer, byteOffset, length } = data;
  if (buffer instanceof ArrayBuffer && byteOffset === 0 && buffer.byteLength === length) {
    return buffer;
  }
  return new Uint8Array(data).buffer;
}

/** Returns grey and alpha of RGB with alpha whose three colours are equal. */
function greyWithAlpha(values: Samples, sampleType: 'uint8' | 'uint16'): Samples {
  const target = newSamples(sampleType, values.length / 2);
  pickBands(values, 4, target, 0, [0, 3]);
  return target;
}

/** Restores stored grey values; alpha, if any, is unchanged. */
function divided(values: Samples, bands: number, factor: number): Samples {
  if (factor === 1) return values;
  for (let index = 0; index < values.length; index += bands) {
    values[index] = Math.round((values[index] ?? 0) / factor);
  }
  return values;
}

function unsupportedValues(path: string, what: string): UserError {
  return new UserError('unsupported', commonImageText.unsupportedValues(path, what));
}

function decodeFailure(error: unknown, path: string): UserError {
  const lack = memoryFailure(error, path);
  if (lack !== undefined) return lack;
  const message = error instanceof Error ? error.message : String(error);
  // Known only from its message: the decoder was built for JPEG of 8 bits.
  const isDeep = /data precision (\d+)/i.exec(message)?.[1];
  if (isDeep !== undefined) return unsupportedValues(path, commonImageText.deepJpeg(isDeep));
  return damagedImage(path, message);
}
