/** Messages about masks in folders of the command line. `folder` is a folder of images as the user named it. */
export const folderMasksText = {
  none: (folder: string) =>
    `${folder}: no masks of these images were found. Put them into a folder "masks" next to the folder "images", with the same names as the images, or give a label file with --labels.`,
  onlyFiles: (folder: string, files: readonly string[]) =>
    `${folder}: no masks of these images were found. Name the label file with --labels: ${files.join(', ')}.`,
  severalKinds: (folder: string) =>
    `${folder}: there are masks of several kinds: mask files next to the images, DICOM segmentations or polygons. Keep only one kind in the folder.`,
  noLabelFile: (file: string, folder: string) =>
    `The label file ${file} is neither in the current folder nor in ${folder}. Give its path, or "masks" for a folder of masks next to the images.`,
  noClassProperty: (path: string, properties: readonly string[]) =>
    `${path}: its polygons have the properties ${firstFive(properties)}, but none called "class", so it is unknown which one names their class. Rename that one to "class".`,

  unlistedClass: (folder: string, found: MaskValue) =>
    `${folder}: masks have ${valueText(found)}, which is not in the list of classes. Add it to the list, name it with --class, or correct the masks.`,
  onlyBackground: (folder: string) =>
    `${folder}: the masks show only background, so there is nothing to train on. Check that these are the right masks.`,
  unknownClasses: (folder: string, found: readonly MaskValue[], { model, classes }: KnownClasses) =>
    `${folder}: masks have ${firstFive(found.map(valueText))}, which ${model === undefined ? 'the training images do' : `${model} does`} not have (${classes.join(', ')}). Correct the masks or the lists of classes.`,

  unmatchedClass: (pair: string, classes: readonly string[]) =>
    `--class ${pair} does not match exactly one of the classes in the file (${classes.join(', ')}). Write WHAT=CLASS, several separated by commas.`,
  /**
   * @param values the most frequent values, each with its share of the pixels as text
   * @param others number of further values
   */
  ambiguous255: (
    folder: string | undefined,
    values: readonly { readonly name: string; readonly share: string }[],
    others: number,
  ) =>
    `${folder === undefined ? 'The' : `${folder}: the`} masks have these values, with their shares of the pixels: ${values.map(({ name, share }) => `${name} (${share})`).join(', ')}${others === 0 ? '' : ` and ${others} more`}. 255 may be a class or may mark pixels to ignore. Choose with --class 255=CLASS, --class 255=ignore or --class 255=background, or with a line “255 ignore” in a list of classes (classes.txt) next to the masks.`,
};

/** A class in masks: its name, or else its number or colour. */
interface MaskValue {
  readonly name: string | null;
  readonly number: number | null;
  readonly colour: string | null;
}

/** Classes of a model or, if `model` is undefined, of the training images. */
interface KnownClasses {
  readonly model: string | undefined;
  readonly classes: readonly (string | null)[];
}

function valueText({ name, number, colour }: MaskValue): string {
  if (name !== null) return `the class "${name}"`;
  return number === null ? `the colour ${colour ?? '?'}` : `the number ${number}`;
}

function firstFive(names: readonly string[]): string {
  return `${names.slice(0, 5).join(', ')}${names.length > 5 ? ', …' : ''}`;
}
