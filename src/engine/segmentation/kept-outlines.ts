import { UserError } from '../../core/errors.ts';
import { placeName } from '../../formats/labelled-images.ts';
import type { ImageProblem, LabelledImage } from '../../formats/labelled-images.ts';
import type { MaskClass } from '../../formats/masks/mask-raster.ts';
import type { SegmentationDataset } from './dataset.ts';
import { openKeptMask } from './kept-mask.ts';

/** The images of a distillation for outlines, as they cross a process; their masks lie in files. */
export interface KeptOutlines {
  readonly origin: string;
  readonly task: 'segmentation';
  /** Numbered from 1 without gaps. */
  readonly classes: readonly MaskClass[];
  /** Those that are labelled have a mask. */
  readonly distilled: readonly LabelledImage[];
  readonly tested: readonly LabelledImage[];
  readonly problems: readonly ImageProblem[];
  /** The file of each mask, by `placeName` of its image. */
  readonly masks: ReadonlyMap<string, string>;
}

/** What a distillation reads. */
export function openKeptOutlines(kept: KeptOutlines): SegmentationDataset {
  const { origin, task, classes, distilled, tested, problems, masks } = kept;
  return {
    ...{ origin, task, classes, distilled, tested, problems },
    labelled: distilled.filter(({ isLabelled }) => isLabelled),
    openMask(image) {
      const file = masks.get(placeName(image));
      if (file === undefined) throw new UserError('invalid-labels', `${image.name} has no mask.`);
      return openKeptMask(file, image, classes);
    },
    close: () => Promise.resolve(),
  };
}
