import type { FoundImage, ImageProblem } from '../../../../formats/labels/labelled-images.ts';
import type { MaskClass } from '../../../../formats/masks/mask-raster.ts';
import type { OpenMask, SizedImage } from '../../../../formats/masks/mask-source.ts';

/** An image with a mask. */
export interface ImageWithMask extends FoundImage {
  /** Patient or scene, for example; images of a group stay on one side of a split. */
  readonly group: string | undefined;
}

/** Images of a segmentation distillation, by purpose. */
export interface SegmentationDataset {
  /** Name of the data set in messages, such as its folder. */
  readonly origin: string;
  readonly task: 'segmentation';
  /** Classes, numbered from 1 without gaps, in this order; 0 is the background. */
  readonly classes: readonly MaskClass[];
  /** Images that the student is trained on without masks: all but the held-out ones. */
  readonly distilled: readonly FoundImage[];
  /** Images for distillation that have a training mask. */
  readonly labelled: readonly ImageWithMask[];
  /** Held-out images, used for evaluation only. */
  readonly tested: readonly ImageWithMask[];
  readonly problems: readonly ImageProblem[];
  /**
   * Opens the mask of a labelled or tested image, with the values of `classes`.
   *
   * @throws UserError if it is missing, unreadable or does not fit the image
   */
  openMask(image: SizedImage): Promise<OpenMask>;
  close(): Promise<void>;
}
