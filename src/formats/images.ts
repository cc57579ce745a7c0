import { UserError } from '../core/errors.ts';
import { imageFolderText } from '../text/index.ts';
import { picturePreparation, plainPreparation } from '../core/image/preparation.ts';
import type { Preparation } from '../core/image/preparation.ts';
import type { Raster } from '../core/image/raster.ts';
import type { ImagePlace } from './labels/labelled-images.ts';
import { sharp } from './libvips.ts';
import { memoryFailure } from './files/memory-failure.ts';
import { withImage } from './open-images.ts';
import type { ImageFile } from './raster/image-file.ts';
import { readPrepared } from './raster/prepared.ts';
import { writeFileAtomically } from './files/write-file.ts';
import type { WriteOptions } from './files/write-file.ts';

/** Extensions by which images are found, in lower case. The content of a file decides its format. */
export const imageExtensions: ReadonlySet<string> = new Set([
  '.bmp',
  '.dcm',
  '.dicom',
  '.ima',
  '.jpeg',
  '.jpg',
  '.nii',
  '.nii.gz',
  '.png',
  '.tif',
  '.tiff',
  '.webp',
]);

/**
 * Reads an image of any known format, as input for a model: eight bits per channel, at most `pixelsPrepared` large (see
 * raster/prepared).
 *
 * Photographs (PNG, JPEG, WebP, BMP) keep their stored values unless `preparation` states otherwise: 16 bits become 8
 * by rounding v / 257, grey becomes three equal channels, alpha is dropped without touching the colours, and colour
 * profiles are ignored, as in the training of common teachers. Only CMYK is converted to sRGB by its profile (or a
 * standard one).
 *
 * @throws UserError 'not-found', 'disk', 'invalid-file' (damaged, cut short or not an image; no such frame),
 * 'unsupported', 'too-large' (also for lack of memory), 'invalid-option' (bands that the image does not have),
 * 'cancelled'
 */
export async function readImage(
  { path, frame }: ImagePlace,
  preparation: Preparation = plainPreparation,
  signal?: AbortSignal,
): Promise<Raster> {
  return withImage(path, async (file) => {
    requireFrame(file, frame);
    return readPrepared(file, { preparation, frame, signal });
  }).catch((error: unknown) => {
    throw memoryFailure(error, path) ?? error;
  });
}

/** Reads an image like `readImage`, in red, green and blue for display. @throws UserError as `readImage` */
export async function readPicture(
  { path, frame }: ImagePlace,
  preparation: Preparation,
  signal?: AbortSignal,
): Promise<Raster> {
  return withImage(path, async (file) => {
    requireFrame(file, frame);
    return readPrepared(file, {
      preparation: picturePreparation(preparation, file.header),
      frame,
      signal,
    });
  });
}

/** @throws UserError 'invalid-file' if the file has fewer frames than at its import */
export function requireFrame({ path, header }: ImageFile, frame: number | undefined): void {
  if (frame === undefined || frame < header.frames) return;
  throw new UserError('invalid-file', imageFolderText.fewerSlices(path, header.frames, frame + 1));
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
