import { UserError } from '../../../../core/errors.ts';
import { placeName } from '../../../../formats/labels/labelled-images.ts';
import type { ImageProblem, LabelledImage } from '../../../../formats/labels/labelled-images.ts';
import type { MaskClass } from '../../../../formats/masks/mask-raster.ts';
import type { SegmentationDataset } from './dataset.ts';
import { openMaskFile } from './mask-file.ts';
import { segmentationText } from '../../../../text/index.ts';

/** Data of a segmentation distillation for another process; the masks are in files. */
export interface SegmentationFiles {
  readonly origin: string;
  readonly task: 'segmentation';
  /** Classes, numbered from 1 without gaps. */
  readonly classes: readonly MaskClass[];
  /** Images for distillation; labelled ones have a mask. */
  readonly distilled: readonly LabelledImage[];
  readonly tested: readonly LabelledImage[];
  readonly problems: readonly ImageProblem[];
  /** Mask file of each image, by its `placeName`. */
  readonly masks: ReadonlyMap<string, string>;
}

/** Converts the data into a data set for the distillation. */
export function openSegmentationFiles(kept: SegmentationFiles): SegmentationDataset {
  const { origin, task, classes, distilled, tested, problems, masks } = kept;
  return {
    origin,
    task,
    classes,
    distilled,
    tested,
    problems,
    labelled: distilled.filter(({ isLabelled }) => isLabelled),
    openMask(image) {
      const file = masks.get(placeName(image));
      if (file === undefined)
        throw new UserError('invalid-labels', segmentationText.noMask(image.name));
      return openMaskFile(file, image, classes);
    },
    close: () => Promise.resolve(),
  };
}
