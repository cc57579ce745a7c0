import {
  picturePreparation,
  prepareMeans,
  prepareShades,
  rangeOf,
  readBands,
} from '../core/image/preparation.ts';
import type { Preparation } from '../core/image/preparation.ts';
import type { Raster } from '../core/image/raster.ts';
import { discardLarge } from './files/decode-budget.ts';
import { sharp } from './libvips.ts';
import type { ImageFile, ImageHeader } from './raster/image-file.ts';
import { readToPrepare } from './raster/prepared.ts';

/**
 * Makes a thumbnail of an image for display, as WebP. Smaller images are not enlarged.
 *
 * @param side maximum of both sides, px
 * @param quality of WebP, 1–100; its chroma is halved, so it is for viewing, not for training
 */
export async function encodePicture(
  { width, height, channels, data }: Raster,
  side: number,
  quality: number,
): Promise<Uint8Array> {
  if (channels !== 3) throw new Error(`encodePicture: expected 3 channels, got ${channels}`);
  const picture = await sharp(data, { raw: { width, height, channels }, limitInputPixels: false })
    .resize(side, side, { fit: 'inside', withoutEnlargement: true })
    .webp({ quality, effort: 2 })
    .toBuffer();
  return ownBytes(picture);
}

/** px; twice the usual tile, for dense screens. */
const thumbnailSide = 256;
/** Quality of JPEG. */
const thumbnailQuality = 85;

/**
 * Makes a small picture of a model's input for an image (`picturePreparation`), as JPEG, which takes a third of the
 * time of WebP. Uses the file's reduced decoding (`sketch`) if it has one and the model's input is the stored values.
 *
 * @throws UserError as `readPrepared`
 */
export async function readThumbnail(
  file: ImageFile,
  seen: Preparation,
  frame?: number,
): Promise<Uint8Array> {
  const { header } = file;
  const preparation = picturePreparation(seen, header);
  if (file.sketch !== undefined && isLarge(header) && isSeenAsStored(preparation, header)) {
    return ownBytes(await file.sketch(thumbnailSide, thumbnailQuality));
  }
  const pixels = await readToPrepare(file, { preparation, frame });
  const factor = evenFactor(pixels);
  const raster =
    factor === undefined
      ? prepareShades(pixels, preparation, header)
      : prepareMeans(pixels, preparation, header, factor);
  const thumbnail = await encodeThumbnail(raster);
  for (const { data } of [raster, pixels]) discardLarge(data);
  return thumbnail;
}

function isSeenAsStored(preparation: Preparation, header: ImageHeader): boolean {
  const bands = readBands(preparation, header);
  return (
    rangeOf(preparation.range, header).kind === 'stored' &&
    bands.length === header.bands &&
    bands.every((band, at) => band === at)
  );
}

interface Size {
  readonly width: number;
  readonly height: number;
}

function isLarge({ width, height }: Size): boolean {
  return Math.max(width, height) > thumbnailSide;
}

/** Images of the usual sides, 512 or 1024 px, are reduced in less time than it takes to pass them to libvips. */
function evenFactor({ width, height }: Size): number | undefined {
  const factor = Math.max(width, height) / thumbnailSide;
  const isWhole = Number.isInteger(factor) && factor > 1 && factor <= 4;
  return isWhole && width % factor === 0 && height % factor === 0 ? factor : undefined;
}

/** Pixels with 1 or 3 channels. */
async function encodeThumbnail(raster: Raster): Promise<Uint8Array> {
  const { width, height, channels, data } = raster;
  const image = sharp(data, {
    raw: { width, height, channels: channels === 1 ? 1 : 3 },
    limitInputPixels: false,
  });
  const small = isLarge(raster)
    ? image.resize(thumbnailSide, thumbnailSide, { fit: 'inside' })
    : image;
  const picture = await small
    .toColourspace(channels === 1 ? 'b-w' : 'srgb')
    // Very small images are enlarged by viewers until single pixels are visible.
    .jpeg({
      quality: thumbnailQuality,
      chromaSubsampling: isTiny(raster) ? '4:4:4' : '4:2:0',
      // Optimised tables save a few per cent of bytes, but take a quarter of the time.
      optimiseCoding: false,
    })
    .toBuffer();
  return ownBytes(picture);
}

function isTiny({ width, height }: Size): boolean {
  return Math.max(width, height) <= thumbnailSide / 2;
}

/** Copies the bytes out of shared memory. */
function ownBytes(bytes: Buffer): Uint8Array {
  const { buffer, byteOffset, byteLength } = bytes;
  const isAlone = byteLength === buffer.byteLength;
  return isAlone ? new Uint8Array(buffer, byteOffset, byteLength) : new Uint8Array(bytes);
}
