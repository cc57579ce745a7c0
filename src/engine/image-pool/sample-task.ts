import type { WrittenPreparation } from '../../contract/jobs.ts';
import { preparationOf } from '../../core/image/preparation.ts';
import { readPicture } from '../../formats/images.ts';
import type { ImagePlace } from '../../formats/labels/labelled-images.ts';
import { withImage } from '../../formats/open-images.ts';
import { encodePicture, readThumbnail } from '../../formats/pictures.ts';

/** Longer side of the picture, px. */
const pictureSide = 640;
/** Images with more pixels are shown by a thumbnail, which is read from reduced levels. */
const mostPixels = 2 ** 24;

export interface ImagePreviewRequest extends ImagePlace {
  readonly preparation: WrittenPreparation;
}

/** Preview of a folder's image before import. */
export interface ImagePreview {
  /** Size at full resolution, px. */
  readonly width: number;
  readonly height: number;
  /** Rendered slice: the requested one, else the middle one; undefined in single-frame files. */
  readonly frame: number | undefined;
  /** Picture as WebP or JPEG. */
  readonly picture: Uint8Array;
}

export async function previewImage({
  preparation,
  ...place
}: ImagePreviewRequest): Promise<ImagePreview> {
  const seen = preparationOf(preparation);
  return withImage(place.path, async (file) => {
    const { width, height, frames } = file.header;
    const frame = place.frame ?? (frames > 1 ? Math.floor(frames / 2) : undefined);
    const picture =
      width * height > mostPixels
        ? await readThumbnail(file, seen, frame)
        : await encodePicture(
            await readPicture({ path: place.path, frame }, seen),
            pictureSide,
            90,
          );
    return { width, height, frame, picture };
  });
}
