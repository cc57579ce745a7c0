import { readFile, stat } from 'node:fs/promises';
import type { Metadata, Sharp } from 'sharp';
import { UserError } from '../core/errors.ts';
import type { Raster } from '../core/image/raster.ts';
import { readFailure } from './file-errors.ts';
import { imageSignature } from './image-signature.ts';
import { damagedImage, sharp } from './libvips.ts';
import type { ImageFormat } from './raster/image-file.ts';
import { writeFileAtomically } from './write-file.ts';
import type { WriteOptions } from './write-file.ts';

/** Extensions by which images are found, in lower case. What a file holds is told by its content. */
export const imageExtensions: ReadonlySet<string> = new Set([
  '.jpeg',
  '.jpg',
  '.png',
  '.tif',
  '.tiff',
  '.webp',
]);

/** Pixels, width × height, above which an image is refused unless the caller says otherwise. */
export const defaultPixelLimit = 100_000_000;
/** Above this, Node cannot hold a file in one buffer. */
const fileLimit = 2 ** 31 - 1;

/** What `readImage` decodes. */
const decoded: ReadonlySet<ImageFormat | null> = new Set(['png', 'jpeg', 'webp', 'tiff']);

export interface ReadImageOptions {
  readonly pixelLimit?: number;
}

/**
 * Decodes a PNG, JPEG, WebP or TIFF file to 8-bit RGB, upright by its EXIF orientation; of several pages
 * or frames the first.
 *
 * Values stay as stored: 16 bits become 8 by rounding v / 257, grey becomes three equal channels, alpha
 * is dropped without touching the colours, and colour profiles are left aside, as they are in the
 * training of the usual teachers. Only CMYK goes through its profile (or a standard one) to sRGB.
 *
 * Throws `UserError`: 'not-found', 'disk', 'invalid-file' (damaged, cut short or no image),
 * 'unsupported' (another format, several bands, other depths) or 'too-large'.
 */
export async function readImage(
  path: string,
  { pixelLimit = defaultPixelLimit }: ReadImageOptions = {},
): Promise<Raster> {
  const bytes = await readBytes(path);
  checkSignature(bytes, path);
  const failed = (error: unknown): never => {
    throw decodeFailure(error, path);
  };
  const header = sharp(bytes, { failOn: 'error', limitInputPixels: false });
  const metadata = await header.metadata().catch(failed);
  checkMetadata(metadata, pixelLimit, path);
  const pipeline = decoder(bytes, metadata, pixelLimit);
  const { data, info } = await pipeline.toBuffer({ resolveWithObject: true }).catch(failed);
  const { width, height, channels } = info;
  if (channels !== 3) throw unsupportedValues(path, `colours of ${channels} channels`);
  return {
    width,
    height,
    channels,
    data: isWide(metadata) ? toEightBits(data) : view(data),
  };
}

async function readBytes(path: string): Promise<Buffer> {
  try {
    const { size } = await stat(path);
    if (size <= fileLimit) return await readFile(path);
  } catch (error) {
    throw readFailure(error, path);
  }
  throw new UserError('too-large', `${path} is larger than 2 GB. Cut it into smaller images.`);
}

function checkSignature(bytes: Uint8Array, path: string): void {
  if (bytes.length === 0) {
    throw new UserError('invalid-file', `${path} is empty. Copy it again or remove it.`);
  }
  const signature = imageSignature(bytes);
  if (signature === undefined) {
    throw new UserError('invalid-file', `${path} is not an image. Remove it or replace it.`);
  }
  if (!decoded.has(signature.format)) {
    throw new UserError(
      'unsupported',
      `${path} is a ${signature.name} file, which is not supported. Save it as PNG, JPEG, WebP or TIFF.`,
    );
  }
}

function checkMetadata(metadata: Metadata, pixelLimit: number, path: string): void {
  const { width, height, channels, depth, space } = metadata;
  if (width * height > pixelLimit) {
    throw new UserError(
      'too-large',
      `${path} has ${width} × ${height} pixels, more than the limit of ${pixelLimit}. Cut it into smaller images.`,
    );
  }
  // libvips would clip signed, 32-bit and floating-point values to 0–255 without a word.
  if (depth !== 'uchar' && depth !== 'ushort') {
    throw unsupportedValues(path, `values of type ${depth}`);
  }
  // Bands without colours: libvips would take the first and drop the others.
  if ((space === 'b-w' || space === 'grey16') && channels > 2) {
    throw unsupportedValues(path, `${channels} bands that are not marked as colours`);
  }
}

function unsupportedValues(path: string, what: string): UserError {
  return new UserError(
    'unsupported',
    `${path} has ${what}, which is not supported. Save it as 8-bit or 16-bit grey or RGB.`,
  );
}

function decoder(bytes: Buffer, metadata: Metadata, pixelLimit: number): Sharp {
  const image = sharp(bytes, {
    autoOrient: true,
    failOn: 'error',
    ignoreIcc: metadata.space !== 'cmyk',
    limitInputPixels: pixelLimit,
  }).removeAlpha();
  // All 16 bits: on its own way to 8, libvips cuts off the lower byte instead of rounding.
  return isWide(metadata)
    ? image.toColourspace('rgb16').raw({ depth: 'ushort' })
    : image.toColourspace('srgb').raw();
}

/** Whether 16 bits are asked for; the profiles of CMYK lead to 8 at once. */
function isWide({ depth, space }: Metadata): boolean {
  return depth === 'ushort' && space !== 'cmyk';
}

/** Rounds 16-bit values v / 257, so that 0 and 65535 become 0 and 255 with even steps between. */
function toEightBits(data: Buffer): Uint8Array {
  const values = new Uint16Array(data.buffer, data.byteOffset, data.length / 2);
  const bytes = new Uint8Array(values.length);
  for (let i = 0; i < bytes.length; i++) bytes[i] = ((values[i] ?? 0) + 128) / 257;
  return bytes;
}

function view(data: Buffer): Uint8Array {
  return new Uint8Array(data.buffer, data.byteOffset, data.length);
}

function decodeFailure(error: unknown, path: string): Error {
  const message = error instanceof Error ? error.message : String(error);
  // Limits of the decoder, which it tells only in words: five channels, 32 bits a value.
  if (message.includes('channel limit')) return unsupportedValues(path, 'more than five channels');
  if (message.includes('samples out of range')) {
    return unsupportedValues(path, 'values of more than 32 bits');
  }
  return damagedImage(path, message);
}

/**
 * Writes an image of 1 (grey) or 3 (RGB) channels as 8-bit PNG, as a whole or not at all. Throws
 * `UserError('disk')`.
 */
export async function writePng(
  path: string,
  raster: Raster,
  options: WriteOptions = {},
): Promise<void> {
  const { width, height, channels, data } = raster;
  if (channels !== 1 && channels !== 3) {
    throw new Error(`writePng: expected 1 or 3 channels, got ${channels}`);
  }
  const image = sharp(data, { raw: { width, height, channels }, limitInputPixels: false });
  const png = await image
    .toColourspace(channels === 1 ? 'b-w' : 'srgb')
    .png()
    .toBuffer();
  await writeFileAtomically(path, png, options);
}
