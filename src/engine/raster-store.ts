import type { Preparation } from '../core/image/preparation.ts';
import { isOneShade } from '../core/image/raster.ts';
import type { Raster } from '../core/image/raster.ts';
import { UserError } from '../core/errors.ts';
import { mapConcurrently } from '../formats/concurrently.ts';
import { placeName } from '../formats/labelled-images.ts';
import type { FoundImage, ImageProblem } from '../formats/labelled-images.ts';
import { readToDraw, shared } from './image-pool/draw-task.ts';
import type { ImageToDraw, StoredImage } from './image-pool/draw-task.ts';
import { PhaseProgress } from './job.ts';
import type { JobContext } from './job.ts';

/** Files decoded at a time; decoding runs on libuv's own threads. */
export const decodersAtOnce = 4;

/** Decoded images to draw views from: in memory, for every thread, as far as they fit; the others are read again. */
export interface RasterStore<T extends FoundImage> {
  /** The images that could be read. */
  readonly images: readonly T[];
  readonly problems: readonly ImageProblem[];
  at(index: number): ImageToDraw;
}

/**
 * Decodes every image once. What cannot be read is left out, counted and reported.
 *
 * @param size side of the views that will be drawn, px; larger images are kept smaller
 * @param preparation what is seen of their values
 * @param budget bytes of decoded images to keep
 * @throws UserError when no image could be read, or the job was cancelled
 */
export async function openRasters<T extends FoundImage>(
  images: readonly T[],
  size: number,
  preparation: Preparation,
  budget: number,
  context: JobContext,
): Promise<RasterStore<T>> {
  const stored = ({ path, frame }: T): StoredImage => ({ place: { path, frame }, preparation });
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
    throw new UserError(
      'no-images',
      `None of the ${images.length} images could be read. The first: ${problems[0]?.path}: ${problems[0]?.reason}`,
    );
  }
  const even = decoded.flatMap((item) => (item?.isEven === true ? [item.image] : []));
  saySameShade(even, readable.length, context);
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
 * Whether images show something is known once they are decoded: a window of values that they have not leaves nothing.
 *
 * @param even those that are one shade all over
 * @throws UserError 'invalid-option' where all are
 */
function saySameShade(even: readonly FoundImage[], count: number, context: JobContext): void {
  const [first] = even;
  if (first === undefined) return;
  const said = `${even.length} of ${count} images are one shade all over as the model sees them, the first of them ${placeName(first)}: the values lie outside of what was chosen (--range, --bands), or are all the same. “understudy image inspect” says what a file holds.`;
  if (even.length === count) {
    throw new UserError('invalid-option', `${said} There is nothing to learn from.`);
  }
  context.report({ type: 'notice', message: said });
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

/** Reports an image that cannot be read; anything but a UserError is a defect and is thrown on. */
export function skip(image: FoundImage, error: unknown, context: JobContext): ImageProblem {
  if (!(error instanceof UserError)) throw error;
  // Not that it could not be read, but that nobody waits for it any more.
  if (error.code === 'cancelled') throw error;
  const problem = { path: placeName(image), reason: error.message };
  context.report({ type: 'skipped', ...problem });
  return problem;
}
