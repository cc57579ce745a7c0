import type { Preparation } from '../../core/image/preparation.ts';
import { isOneShade } from '../../core/image/raster.ts';
import type { Raster } from '../../core/image/raster.ts';
import { UserError } from '../../core/errors.ts';
import { mapConcurrently } from '../../formats/files/concurrently.ts';
import { placeName } from '../../formats/labels/labelled-images.ts';
import type { FoundImage, ImageProblem } from '../../formats/labels/labelled-images.ts';
import { readToDraw, shared } from './draw-views.ts';
import type { ImageToDraw, ImageReference } from './draw-views.ts';
import { PhaseProgress } from '../job.ts';
import type { JobContext } from '../job.ts';
import { readingImagesText } from '../../text/index.ts';

/** Number of files decoded concurrently; decoding runs on libuv's threads. */
export const decodersAtOnce = 4;

/**
 * Decoded images from which views are rendered: in memory shared by all threads as far as they fit; others are read
 * again.
 */
export interface RasterStore<T extends FoundImage> {
  /** Readable images. */
  readonly images: readonly T[];
  readonly problems: readonly ImageProblem[];
  at(index: number): ImageToDraw;
}

/**
 * Decodes every image once. Unreadable images are left out, counted and reported.
 *
 * @param size side of the views to be rendered, px; larger images are reduced
 * @param preparation bands and value range of the images
 * @param budget bytes of decoded images to keep
 * @throws UserError if no image could be read, or the job was cancelled
 */
export async function openRasters<T extends FoundImage>(
  images: readonly T[],
  size: number,
  preparation: Preparation,
  budget: number,
  context: JobContext,
): Promise<RasterStore<T>> {
  const stored = ({ path, frame }: T): ImageReference => ({ place: { path, frame }, preparation });
  const read = (image: T): Promise<Raster> => readToDraw(stored(image), size, context.signal);
  const progress = new PhaseProgress(context, 'images', images.length);
  const kept: (Raster | undefined)[] = [];
  const readable: T[] = [];
  const problems: ImageProblem[] = [];
  let bytes = 0;
  let done = 0;
  const decoded = await mapConcurrently(
    images,
    decodersAtOnce,
    async (image) => {
      const raster = await readOrSkip(image, read, problems, context);
      bytes += raster?.data.byteLength ?? 0;
      progress.advance(++done);
      return (
        raster && {
          image,
          raster: bytes <= budget ? sharedRaster(raster) : undefined,
          isEven: isOneShade(raster),
        }
      );
    },
    context.signal,
  );
  for (const item of decoded) {
    if (!item) continue;
    readable.push(item.image);
    kept.push(item.raster);
  }
  if (readable.length === 0) {
    throw new UserError('no-images', readingImagesText.noneReadable(images.length, problems[0]));
  }
  const even = decoded.flatMap((item) => (item?.isEven === true ? [item.image] : []));
  reportSingleShade(even, readable.length, context);
  return {
    images: readable,
    problems,
    at: (index) => {
      const image = readable[index];
      if (!image) throw new Error(`there is no image ${index}`);
      return kept[index] ?? stored(image);
    },
  };
}

/**
 * Reports images of a single shade, which show only after decoding: a window outside an image's values leaves
 * nothing to see.
 *
 * @param even images of a single shade
 * @throws UserError 'invalid-option' if all are
 */
function reportSingleShade(even: readonly FoundImage[], count: number, context: JobContext): void {
  const [first] = even;
  if (first === undefined) return;
  const name = placeName(first);
  if (even.length === count) {
    throw new UserError('invalid-option', readingImagesText.allSingleShade(count, name));
  }
  const message = readingImagesText.singleShade({ even: even.length, images: count }, name);
  context.report({ type: 'notice', message });
}

function sharedRaster(raster: Raster): Raster {
  return { ...raster, data: shared(raster.data) };
}

async function readOrSkip<T extends FoundImage>(
  image: T,
  read: (image: T) => Promise<Raster>,
  problems: ImageProblem[],
  context: JobContext,
): Promise<Raster | undefined> {
  try {
    return await read(image);
  } catch (error) {
    problems.push(skip(image, error, context));
    return undefined;
  }
}

/** Reports an unreadable image; anything but a UserError is a defect and is rethrown. */
export function skip(image: FoundImage, error: unknown, context: JobContext): ImageProblem {
  if (!(error instanceof UserError)) throw error;
  // The image is readable, but its result is no longer needed.
  if (error.code === 'cancelled') throw error;
  const problem = { path: placeName(image), reason: error.message };
  context.report({ type: 'skipped', ...problem });
  return problem;
}
