import { quotedNames, shortQuote } from '../../words.ts';

/** Messages about imports of folders of images. */
export const folderImportText = {
  anotherRunning: 'Another import into this project is running. Wait for it, or stop it.',
  patientsBeingRead: 'Patients are being read again. Wait until they have been read, then import.',
  isWorkspace: (folder: string) =>
    `${folder} is the workspace, which contains only Understudy’s own files. Choose a folder of images.`,
  folderGone: (folder: string, added: number) =>
    added === 1
      ? `${folder} is missing: it was moved or deleted, or its drive was disconnected. 1 image was imported before and is kept. Import the folder again when it is back.`
      : `${folder} is missing: it was moved or deleted, or its drive was disconnected. ${added} images were imported before and are kept. Import the folder again when it is back.`,
  notWatched: (folder: string) => `${folder} is not watched. Add it again to watch it.`,
  pictureOutdated:
    'The bands or value range of this image changed in the meantime. Request its picture again.',

  noLabel: (path: string, project: string) =>
    `${path} has no label, but project ${project} needs exactly one class per image. Correct the table, or create a project with the task “Several labels”.`,
  severalLabels: (path: string, labels: readonly string[], project: string) =>
    `${path} has several labels (${labels.join(', ')}), but project ${project} needs exactly one class per image. Correct the table, or create a project with the task “Several labels”.`,
  nulInGroup: (path: string) =>
    `The group of ${path} has a NUL character. The table may be damaged; correct it or save it again as text in UTF-8.`,
  invalidLabel: ({ path, label }: { readonly path: string; readonly label: string }) =>
    `${path} is labelled ${shortQuote(label)}, which is not a valid class name: it must have 1 to 200 visible characters. Rename the folder or the label.`,
  addWithoutLabels: 'Add them without labels: the masks are left out.',
};

/** Notes on single files of an import, for its report. */
export const fileNoteText = {
  someImagesLeftOut: ({ failed, images, reason }: FailedImages) =>
    `${failed} of its ${images} images were left out. ${reason}`,
  someMasksLeftOut: (masks: number, reason: string) =>
    `${masks} of its masks were left out. ${reason}`,
  crashedProgram: (path: string, times: number) =>
    `${path} is skipped: Understudy crashed or hung ${times} times while reading it. Replace it with an intact copy, or add its folder again to retry.`,

  dicomSegmentation: 'it is a DICOM segmentation, not an image',
  dicomSegmentationOfTask:
    'it is a DICOM segmentation, not an image; add the folder again to import its masks',

  changedWithMask:
    'its content has changed; its mask was kept as a draft. Check whether it still fits',
  changedWithoutMask: 'its content has changed, and its mask was deleted with the old image',

  otherLabelInProject: ({ path, labels }: LabelledPath, ofProject: readonly string[]) =>
    `${path} is labelled ${labelsText(ofProject)} in the project, and ${labelsText(labels)} in this import. The project’s label was kept; change it in Labels if it is wrong.`,
  otherLabelOfSameImage: ({ path, labels }: LabelledPath, other: LabelledPath) =>
    `${path} is the same image as ${other.path}, which is labelled ${labelsText(other.labels)} and not ${labelsText(labels)}. It has no label now; label it in Labels.`,
};

interface FailedImages {
  /** Number of images that failed. */
  readonly failed: number;
  /** Number of images in the file. */
  readonly images: number;
  /** Reason for the first failure. */
  readonly reason: string;
}

interface LabelledPath {
  readonly path: string;
  readonly labels: readonly string[];
}

function labelsText(labels: readonly string[]): string {
  return labels.length === 0 ? 'as none of the classes' : quotedNames(labels);
}
