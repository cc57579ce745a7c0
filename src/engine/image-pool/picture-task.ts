import type { WrittenPreparation } from '../../contract/jobs.ts';
import { preparationOf } from '../../core/image/preparation.ts';
import { readPicture, requireFrame } from '../../formats/images.ts';
import type { ImagePlace } from '../../formats/labels/labelled-images.ts';
import { withImage } from '../../formats/open-images.ts';
import { encodePicture, readThumbnail } from '../../formats/pictures.ts';

/** Longest side of a whole picture, px; more than most screens show of one image. */
const wholeSide = 2048;

export interface PictureRequest extends ImagePlace {
  readonly preparation: WrittenPreparation;
}

/** Renders a thumbnail as JPEG, as the `index` task does. */
export async function drawThumbnail({
  path,
  frame,
  preparation,
}: PictureRequest): Promise<Uint8Array> {
  return withImage(path, (file) => {
    requireFrame(file, frame);
    return readThumbnail(file, preparationOf(preparation), frame);
  });
}

/** Renders a whole picture as WebP. */
export async function drawPicture({ preparation, ...place }: PictureRequest): Promise<Uint8Array> {
  return encodePicture(await readPicture(place, preparationOf(preparation)), wholeSide, 92);
}
