import { firstProblem } from '../words.ts';
import type { Problem } from '../words.ts';

/** Messages about training and testing of segmentation. `folder` is a folder of images as the user named it. */
export const segmentationText = {
  perClass:
    'Segmentation does not count images per class, because an image may show several. Omit --per-class, and give only the training images.',
  allTested: (folder: string, images: number) =>
    `${folder}: all ${images} images with masks are also test images, which are not used for training. Choose other images with --test, or omit it to hold out a fifth.`,
  tooFewMasks: (
    folder: string,
    {
      training,
      testing,
      hasTestFolder,
    }: { training: number; testing: number; hasTestFolder: boolean },
  ) =>
    `${folder}: there are too few images with usable masks (${training} for training, ${testing} for testing). Outline more${hasTestFolder ? '' : ', or give a test folder with --test'}.`,
  noneToTrain: (folder: string, first: Problem | undefined) =>
    `${folder}: no image with a mask is left for training.${firstProblem(first)}`,
  noneToTest: (folder: string, first: Problem | undefined) =>
    `${folder}: no image with a mask is left for testing.${firstProblem(first)}`,
  noneToEvaluate: (folder: string, first: Problem | undefined) =>
    `${folder}: no image with a usable mask is left for testing.${firstProblem(first)}`,
  onlyBackground: (folder: string, masks: number) =>
    `${folder}: the ${masks} training masks show only background. Outline regions in some of them, or choose other training images.`,

  noMask: (image: string) => `${image} has no mask.`,
  noMaskNow: (folder: string, image: string) => `${folder}: ${image} has no mask any more.`,
  maskMissing: (file: string) => `The mask ${file} is missing.`,
  maskDamaged: (file: string) => `The mask ${file} is damaged, or its image has changed.`,
  /** Why an image is left out; follows its name. */
  tooSmall: (image: Size, patch: number) =>
    `it has ${image.width} × ${image.height} pixels, but a patch of the teacher has ${patch} × ${patch}. Images must be at least as large`,
  unseenInTraining: (classes: readonly string[]) =>
    `No training mask shows ${classes.join(', ')}, so the student will not find ${themText(classes)}.`,
  unseenInTest: (classes: readonly string[]) =>
    `No test mask shows ${classes.join(', ')}, so how well the student finds ${themText(classes)} cannot be measured.`,

  toleranceTooLarge: (
    image: string,
    tolerance: Tolerance,
    { pixels, limit }: { pixels: number; limit: number },
  ) =>
    `A tolerance of ${tolerance.distance} ${tolerance.unit} is ${pixels} pixels in ${image}; at most ${limit} pixels are possible. Choose a smaller one.`,
  noPixelSize: (image: string, unit: string) =>
    `${image} does not state its pixel size, so a tolerance in ${unit} cannot be used. Give the tolerance in px.`,
  pixelSizeInDegrees: (image: string, unit: string) =>
    `${image} states its pixel size in degrees, whose length varies, so a tolerance in ${unit} cannot be used. Give the tolerance in px.`,
  masksNotUsed: (model: string) =>
    `${model} is for classification, so --tolerance and --labels masks do not apply. Omit them.`,
};

interface Size {
  readonly width: number;
  readonly height: number;
}

interface Tolerance {
  readonly distance: number;
  readonly unit: string;
}

function themText(classes: readonly string[]): string {
  return classes.length === 1 ? 'it' : 'them';
}
