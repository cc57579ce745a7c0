import type { FoundImage, ImageProblem } from '../../formats/labelled-images.ts';
import type { MaskClass } from '../../formats/masks/mask-raster.ts';
import type { OpenMask, SizedImage } from '../../formats/masks/mask-source.ts';

/** An image with a mask. */
export interface OutlinedImage extends FoundImage {
  /** Patient, scene or the like; related images stay on one side of a split. */
  readonly group: string | undefined;
}

/** The images of a distillation for outlines, by what they are for. */
export interface SegmentationDataset {
  /** What to call them in messages: their folder, say. */
  readonly origin: string;
  readonly task: 'segmentation';
  /** In masks numbered from 1 without gaps, in this order; 0 is the background. */
  readonly classes: readonly MaskClass[];
  /** Seen by the student without their masks: all but the held-out ones. */
  readonly distilled: readonly FoundImage[];
  /** Of these, those with a mask to learn from. */
  readonly labelled: readonly OutlinedImage[];
  /** Held out from everything. */
  readonly tested: readonly OutlinedImage[];
  readonly problems: readonly ImageProblem[];
  /**
   * The mask of a labelled or tested image, its values those of `classes`.
   *
   * @throws UserError where it is gone, cannot be read or does not fit the image
   */
  openMask(image: SizedImage): Promise<OpenMask>;
  close(): Promise<void>;
}
