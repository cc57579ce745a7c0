import sharp from 'sharp';
import type { Raster } from '../core/image/raster.ts';

/**
 * A picture of an image for a screen, as WebP. Smaller images are not enlarged.
 *
 * @param side bounds both sides, px
 * @param quality of WebP, 1–100; its chroma is halved, so it is for looking at, not for learning from
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
  return new Uint8Array(picture.buffer, picture.byteOffset, picture.byteLength);
}
