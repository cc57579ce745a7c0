import { quotedNames } from '../../words.ts';

/** Messages about the training and test images of a run. */
export const runDataText = {
  imageChanged: (path: string) =>
    `${path} has changed since it was imported, so it was skipped. Import its folder again to train on it.`,
  groupIsTested: (group: string) =>
    `other images of its group “${group}” are test images, so it is not a training image`,
  trainingImagesLost: ({ lost, images, first }: LostImages) =>
    lost === 1
      ? `One of the ${images} training images of this run is missing or has changed: ${first}. Put it back, or add its folder again where it is now; then resume the run.`
      : `${lost} of the ${images} training images of this run are missing or have changed, the first: ${first}. Put them back, or add their folder again where it is now; then resume the run.`,

  /** @param groups names of the groups, of which the first three are listed */
  groupsJoinTest: (groups: readonly string[]) => {
    const more = groups.length > 3 ? ` and ${groups.length - 3} more` : '';
    const names = `${quotedNames(groups.slice(0, 3))}${more}`;
    return groups.length === 1
      ? `The group ${names} had both test images and training images. All labelled images of this group are test images now, so the test set changes.`
      : `The groups ${names} had both test images and training images. All labelled images of these groups are test images now, so the test set changes.`;
  },

  oneGroupLabelled: (project: string) =>
    `All labelled images of ${project} are in one group: one patient, volume or scene. A student must be tested on other groups than it is trained on: add labelled images of other groups, put some in a folder named test, or give the right groups in a table with the column group.`,
  onlyTestImages: (project: string) =>
    `All labelled images of ${project} are test images, so no training images are left. Make some of them training images in Images, or label others.`,
  noClassLabelled: (project: string, needed: 1 | 2) =>
    needed === 1
      ? `No training image of ${project} is labelled with a class. Label images of at least one class.`
      : `No training image of ${project} is labelled with a class. Label images of at least two classes.`,
  oneClassLabelled: (project: string) =>
    `${project} has labelled training images of only one class. Label images of at least two classes.`,
  tooFewLabelled: (project: string) =>
    `${project} has too few labelled images, or too few groups, to train on some and test on others. Label more.`,
};

interface LostImages {
  readonly lost: number;
  /** Number of training images. */
  readonly images: number;
  /** Path of the first lost image. */
  readonly first: string;
}

/** Messages about the masks of a segmentation run. */
export const runMasksText = {
  noClasses: (project: string) =>
    `${project} has no classes yet. Add at least one, and outline it in some images.`,
  oneGroupOutlined: (project: string) =>
    `All outlined images of ${project} are in one group: one patient, volume or scene. A student must be tested on other groups than it is trained on: add outlined images of other groups, put some in a folder named test, or give the right groups in a table with the column group.`,
  tooFewMasks: ({ project, finished, areTested, drafts }: MaskCounts) => {
    const images = finished === 1 ? '1 image' : `${finished} images`;
    const tested = areTested ? ', all of them test images or in groups with test images' : '';
    const advice =
      drafts === 0
        ? 'Outline more, and mark them as done.'
        : drafts === 1
          ? 'One mask is not marked as done yet.'
          : `${drafts} masks are not marked as done yet.`;
    return `${project} has ${images} with a finished mask${tested}. At least two are needed: one training image and one test image. ${advice}`;
  },
  onlyBackground: (project: string, masks: number) =>
    masks === 1
      ? `The only training mask shows only background in ${project}. Outline regions in it, or mark other masks as done.`
      : `The ${masks} training masks show only background in ${project}. Outline regions in them, or mark other masks as done.`,

  smallerThanPatch: ({ width, height, patch }: SmallImage) =>
    `it has ${width} × ${height} pixels, but a patch of the teacher has ${patch} × ${patch}`,
  imagesSmallerThanPatch: (images: number) =>
    images === 1
      ? 'One image is smaller than a patch of the teacher and was skipped.'
      : `${images} images are smaller than a patch of the teacher and were skipped.`,
  nothingTested:
    'No test image shows any class, so the quality of the student cannot be measured. Hold out images that show its classes.',
  fewTestImages: (images: number) =>
    `The student is tested on ${images === 1 ? 'one image' : `${images} images`} only, so its figures are uncertain. Outline more images.`,
};

interface MaskCounts {
  readonly project: string;
  /** Number of images with a mask that is marked as done. */
  readonly finished: number;
  /** True if all of them are test images, or in groups with test images. */
  readonly areTested: boolean;
  /** Number of masks that are not marked as done. */
  readonly drafts: number;
}

interface SmallImage {
  readonly width: number;
  readonly height: number;
  /** Side of a patch, px. */
  readonly patch: number;
}
