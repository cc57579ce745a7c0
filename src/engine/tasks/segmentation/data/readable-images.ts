import { isOneShade } from '../../../../core/image/raster.ts';
import type { Rectangle, Size } from '../../../../core/mask/tiles.ts';
import type { FoundImage, ImageProblem } from '../../../../formats/labels/labelled-images.ts';
import { PhaseProgress, throwIfCancelled } from '../../../job.ts';
import type { JobContext } from '../../../job.ts';
import { skip } from '../../../images/raster-store.ts';
import type { OpenImages } from '../../../images/open-images.ts';
import { requireLargeEnough } from './masked-image.ts';
import { readingImagesText } from '../../../../text/index.ts';

/** Images that can be opened and are large enough; the others are reported. */
export async function readableImages<T extends FoundImage>(
  found: readonly T[],
  images: OpenImages,
  smallest: number,
  problems: ImageProblem[],
  context: JobContext,
): Promise<T[]> {
  const progress = new PhaseProgress(context, 'images', found.length);
  const fine: T[] = [];
  let [even, looked] = [0, 0];
  for (const [index, image] of found.entries()) {
    throwIfCancelled(context);
    try {
      const raster = await images.use(image, async (prepared) => {
        requireLargeEnough(prepared, smallest);
        return (await prepared.read(middleOf(prepared))).raster;
      });
      if (isOneShade(raster)) even++;
      looked++;
      fine.push(image);
    } catch (error) {
      problems.push(skip(image, error, context));
    }
    progress.advance(index + 1);
  }
  if (looked > 0 && even === looked) {
    context.report({ type: 'notice', message: readingImagesText.singleShadeMiddles });
  }
  return fine;
}

/** Side of the examined area, px; enough to see whether the image shows anything. */
const middleSide = 256;

function middleOf({ width, height }: Size): Rectangle {
  const size = { width: Math.min(width, middleSide), height: Math.min(height, middleSide) };
  const x = Math.floor((width - size.width) / 2);
  return { x, y: Math.floor((height - size.height) / 2), ...size };
}
