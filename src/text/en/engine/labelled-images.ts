/** Messages about images with class labels. `folder` is a folder of images as the user named it. */
export const labelledImagesText = {
  tooFew: (folder: string) =>
    `${folder}: there are too few labelled images, or too few groups, to train on some and test on others. Label more, or give a test folder with --test.`,
  noneReadable: (folder: string, classes: readonly string[]) =>
    `${folder}: no image labelled ${anyOf(classes)} could be read, so the student cannot learn ${theseClasses(classes)}. Replace the damaged images, or remove the class.`,
  noneReadableNow: (classes: readonly string[]) =>
    `No image labelled ${anyOf(classes)} can be read any more, so the student cannot learn ${theseClasses(classes)}. Put the images back and resume.`,
  allAlike: (folder: string, images: number) =>
    `${folder}: all ${images} labelled images have the same labels, so there is nothing to distinguish. Add images with other labels, or with none ("-" in the table).`,
  fewReadable: (name: string, { read, requested }: { read: number; requested: number }) =>
    `Only ${read} of the ${requested} requested labelled images of "${name}" could be read.`,

  /** @param owner folder or model that the classes belong to; the labelled images if undefined */
  unknownLabel: (
    image: { readonly path: string; readonly label: string },
    owner: string | undefined,
    classes: readonly string[],
  ) =>
    `${image.path} is labelled "${image.label}", which is not a class of ${owner ?? 'the labelled images'} (${classes.join(', ')}). Rename the folder or the label, or remove these images.`,
  noLabelFile: (file: string, folder: string) =>
    `The label file ${file} is neither in the current folder nor in ${folder}. Give its path, or "imagefolder" if class folders are the labels.`,
  /** @param only the only class; undefined without labels */
  tooFewClasses: (folder: string, found: number, only: string | undefined) =>
    `${folder}: ${found} images were found, but ${only === undefined ? 'no training image is labelled' : `all labelled training images are "${only}"`}. Put the images of at least two classes into folders named after the classes, or name a CSV file of labels with --labels.`,
  noneLabelled: (folder: string, images: number, classes: readonly string[]) =>
    `${folder}: none of the ${images} images is labelled. Put them into folders named ${classes.join(', ')}, or give a CSV file with --labels.`,
  notOneLabel: (path: string, labels: readonly string[]) =>
    `${path} has ${labels.length === 0 ? 'no label' : `several labels (${labels.join(', ')})`}, but the task is one class per image. Distil with --task several, or correct the label.`,

  patientDivided: (path: string) => divided(path, 'other images of the same patient or volume'),
  groupDivided: (path: string, group: string) =>
    divided(path, `other images of its group "${group}"`),
  unknownSplit: (path: string, split: string) =>
    `The split of ${path} is "${split}". Write train, val or test, or leave it empty.`,
  classTooSmall: (name: string) =>
    `The class "${name}" has too few images, or groups, to train on some and test on others. Add some, or give a test folder with --test.`,
};

function divided(path: string, others: string): string {
  return `${path} is a test image, but ${others} are training images. Make all images of a group either training or test images.`;
}

/** Names in quotation marks: `"a" or "b"`. */
function anyOf(names: readonly string[]): string {
  return names.map((name) => `"${name}"`).join(' or ');
}

function theseClasses(names: readonly string[]): string {
  return names.length === 1 ? 'this class' : 'these classes';
}
