import type { WrittenPreparation } from '../../contract/jobs.ts';
import { preparationOf } from '../../core/image/preparation.ts';
import { readPicture } from '../../formats/images.ts';
import type { ImagePlace } from '../../formats/labelled-images.ts';
import { withImage } from '../../formats/open-images.ts';
import { encodePicture, readThumbnail } from '../../formats/pictures.ts';

/** px of the longer side. */
const pictureSide = 640;
/** Pixels above which a thumbnail has to do: it is read from reduced levels. */
const mostPixels = 2 ** 24;

export interface SampleRequest extends ImagePlace {
  readonly preparation: WrittenPreparation;
}

/** An image of a folder as a person sees it before it comes in. */
export interface Sample {
  /** At full resolution, px. */
  readonly width: number;
  readonly height: number;
  /** The slice that was drawn: the one asked for, else the middle one; undefined in files of one. */
  readonly frame: number | undefined;
  /** WebP or JPEG. */
  readonly picture: Uint8Array;
}

export async function drawSample({ preparation, ...place }: SampleRequest): Promise<Sample> {
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
