import type { Project } from '../../../contract/app.ts';
import type { ImageProblem } from '../../../formats/labels/labelled-images.ts';
import { findSegmentations } from '../../../formats/masks/dicom-seg/read.ts';
import type { ImageToImport } from './import-images.ts';
import { fileNoteText } from '../../../text/index.ts';

/**
 * Separates segmentations from images, whether or not their masks are imported.
 *
 * @param claimed files whose masks are imported
 * @returns the images, and the problems to report for the other files
 */
export async function withoutLabelFiles(
  { task }: Project,
  images: readonly ImageToImport[],
  claimed: ReadonlySet<string> | undefined,
  signal: AbortSignal,
): Promise<{ images: ImageToImport[]; left: ImageProblem[] }> {
  const unclaimed = images.filter(({ path }) => claimed?.has(path) !== true);
  const segmentations = new Set(await findSegmentations(unclaimed, signal));
  const reason =
    task === 'segmentation' ? fileNoteText.dicomSegmentationOfTask : fileNoteText.dicomSegmentation;
  return {
    images: unclaimed.filter((image) => !segmentations.has(image)),
    left: [...segmentations].map(({ path }) => ({
      path,
      reason,
      isExpected: true,
    })),
  };
}

/**
 * Drops labels: in segmentation, a class from a folder or table does not apply. The split of the image stays.
 */
export function withoutLabels(image: ImageToImport): ImageToImport {
  return { ...image, labels: [], isLabelled: false };
}
