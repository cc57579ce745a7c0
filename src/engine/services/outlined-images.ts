import type { Project } from '../../contract/app.ts';
import type { ImageProblem } from '../../formats/labelled-images.ts';
import { findSegmentations } from '../../formats/masks/dicom-seg/read.ts';
import type { ImageToImport } from './import-images.ts';

/**
 * Segmentations are no images, whether or not they are read.
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
  const unclaimed = images.filter(({ path }) => claimed?.has(path) !== true);
  const segmentations = new Set(await findSegmentations(unclaimed, signal));
  const advice = task === 'segmentation' ? '; add the folder again to take its masks' : '';
  return {
    images: unclaimed.filter((image) => !segmentations.has(image)),
    left: [...segmentations].map(({ path }) => ({
      path,
      reason: `it is a DICOM segmentation and no image${advice}`,
    })),
  };
}

/** Where regions are outlined, a folder's or a table's class says nothing of them; what is held out it says. */
export function withoutLabels(image: ImageToImport): ImageToImport {
  return { ...image, labels: [], isLabelled: false };
}
