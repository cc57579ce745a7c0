import type { Project } from '../../contract/app.ts';
import type { ImageProblem } from '../../formats/labelled-images.ts';
import { findSegmentations } from '../../formats/masks/dicom-seg/read.ts';
import type { ImageToImport } from './import-images.ts';

/**
 * Where regions are outlined, segmentations are no images to outline, whether or not they are read.
 *
 * @param claimed files that masks are taken from
 * @returns the images, and what is told of the files that are none
 */
export async function withoutLabelFiles(
  { task }: Project,
  images: readonly ImageToImport[],
  claimed: ReadonlySet<string> | undefined,
  signal: AbortSignal,
): Promise<{ images: ImageToImport[]; left: ImageProblem[] }> {
  if (task !== 'segmentation') return { images: [...images], left: [] };
  const unclaimed = images.filter(({ path }) => claimed?.has(path) !== true);
  const segmentations = new Set(await findSegmentations(unclaimed, signal));
  return {
    images: unclaimed.filter((image) => !segmentations.has(image)),
    left: [...segmentations].map(({ path }) => ({
      path,
      reason: 'it is a DICOM segmentation and no image; add the folder again to take its masks',
    })),
  };
}

/** Where regions are outlined, a folder's or a table's class says nothing of them; what is held out it says. */
export function withoutLabels(image: ImageToImport): ImageToImport {
  return { ...image, labels: [], isLabelled: false };
}
