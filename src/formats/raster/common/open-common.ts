import { UserError } from '../../../core/errors.ts';
import { commonImageText } from '../../../text/index.ts';
import { imageSignature } from '../../image-signature.ts';
import { FileSource } from '../file-source.ts';
import type { ImageFile, ImageFormat, OpenImage, ReadLimits } from '../image-file.ts';
import { openBmp } from './bmp.ts';
import { openWithSharp } from './sharp-image.ts';
import { WholeFile, type WholeImage } from './whole-file.ts';

type OpenBytes = (bytes: Buffer, path: string, limits: ReadLimits) => Promise<WholeImage>;

const readers: ReadonlyMap<ImageFormat | null | undefined, OpenBytes> = new Map<
  ImageFormat,
  OpenBytes
>([
  ['png', openWithSharp],
  ['jpeg', openWithSharp],
  ['webp', openWithSharp],
  ['bmp', openBmp],
]);

/** Maximum number of bytes in one Node buffer. */
const fileLimit = 2 ** 31 - 1;

/** Returns true if a file that begins with `head` is PNG, JPEG, WebP or BMP. Twelve bytes are enough. */
export function isCommon(head: Uint8Array): boolean {
  return readers.has(imageSignature(head)?.format);
}

/**
 * Opens a PNG, JPEG, WebP or BMP file.
 *
 * These are decoded whole, at the first read, and the frame is kept until the file is closed. Values are as stored,
 * upright by EXIF: 16 bits stay 16, grey stays one band, alpha stays a band next to the colours, grey PNG of 1, 2 or 4
 * bits counts from 0 (`display.rescale` leads to its 0 to 255), palette indices become their colours, and colour
 * profiles are ignored, except for CMYK, which is converted to sRGB by its profile (or a standard one). Of an animation
 * the first frame is read, with a note.
 *
 * @throws UserError 'not-found', 'disk', 'invalid-file', 'unsupported', 'too-large' (`limits.pixels`; `limits.bytes`
 * and `limits.whole` for the whole frame and its decoder's memory; few bytes that claim many pixels)
 */
export const openCommon: OpenImage = async (path, limits) => {
  const file = await FileSource.open(path);
  try {
    return await openCommonSource(file, new Uint8Array(0), limits);
  } finally {
    await file.close();
  }
};

/**
 * Opens a source like `openCommon`, for a file that is already open, so that a small image is opened and read once.
 *
 * @param file no longer needed once this ends; the caller closes it
 * @param head the bytes read from its beginning
 */
export async function openCommonSource(
  file: FileSource,
  head: Uint8Array<ArrayBuffer>,
  limits: ReadLimits,
): Promise<ImageFile> {
  const { path, size } = file;
  if (size > fileLimit) {
    throw new UserError('too-large', commonImageText.largeFile(path));
  }
  const whole = head.length === size ? head : await file.whole();
  const bytes = Buffer.from(whole.buffer, whole.byteOffset, whole.length);
  const open = readers.get(imageSignature(bytes)?.format);
  if (open === undefined) {
    throw new UserError('invalid-file', commonImageText.notCommon(path));
  }
  return new WholeFile(path, await open(bytes, path, limits), limits);
}
