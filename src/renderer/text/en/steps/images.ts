import { count, counted, roughDuration } from '../../../lib/format.ts';

/** Parts of a sentence about images that the project already had. */
function knownBefore(known: number, copies: number): string[] {
  const others = known - copies;
  return [
    ...(others === 0
      ? []
      : [`${count(others)} ${others === 1 ? 'was' : 'were'} already in the project`]),
    ...(copies === 0
      ? []
      : [
          copies === 1
            ? '1 is a copy of an image in the project'
            : `${count(copies)} are copies of images in the project`,
        ]),
  ];
}

function cameIn(added: number, known: number, copies: number): string[] {
  return [`${counted(added, 'image was', 'images were')} added`, ...knownBefore(known, copies)];
}

export const images = {
  title: 'Images',
  explanation:
    'Images stay where they are; Understudy stores only their location. The student learns from all training images, labelled or not.',
  grid: 'Images',
  search: 'Search by name',
  show: 'Show',
  showAll: 'All images',
  showUnlabelled: 'Without a label',
  showToLabel: 'Training images without a label',
  showLabelled: 'With a label',
  showTest: 'Test images',
  thumbnailSize: 'Size of the thumbnails',
  add: 'Add a folder',
  addMore: 'Add another folder',
  chooseTitle: 'Choose a folder of images',
  chooseCsvTitle: 'Choose the CSV file with the labels',
  empty: {
    title: 'Add a folder of images',
    sentence:
      'Choose a folder or drop it here: DICOM, NIfTI, TIFF, PNG, JPEG and others. If each class has a folder of its own, labels are imported too.',
    outlined:
      'Choose a folder or drop it here: DICOM, NIfTI, TIFF, PNG, JPEG and others. Masks next to the images, or in a file such as COCO or GeoJSON, can be imported too; without masks, outline regions in the next step.',
    sample: 'Open the sample instead',
  },
  none: 'No image matches this filter.',
  showEverything: 'Show all images',
  dialog: {
    title: (name: string) => `Add images from “${name}”`,
    looking: 'Reading the folder',
    images: (images: number, hasVolumes: boolean) => counted(images, hasVolumes ? 'file' : 'image'),
    volumes: 'A DICOM or NIfTI file can hold several images: each slice or frame becomes one.',
    test: (test: number) =>
      `${count(test)} of them in a folder named test: they become test images`,
    masks: {
      title: (masks: number) => `${counted(masks, 'mask')} next to the images`,
      what: 'Masks mark regions of an image; this project classifies whole images. The images are imported without the masks.',
      here: 'To use the masks, change the task to “Outline regions”.',
      elsewhere:
        'To use the masks, make a new project with the task “Outline regions” and drop this folder there.',
      outline: 'Outline regions',
      beside:
        'Their names and their few distinct values suggest masks. This project imports them as images. To leave them out, move them to another folder.',
    },
    inner: {
      title: (name: string) => `Everything is in “${name}”`,
      what: 'It contains folders, which may be the classes.',
      go: (name: string) => `Open “${name}”`,
    },
    labels: 'Where do the labels come from?',
    /** Question about a table, in projects with masks. */
    table: 'Does a table list test images or groups?',
    options: {
      folders: {
        title: 'Class folders',
        classes: (number: number, names: readonly string[]) =>
          `${counted(number, 'class', 'classes')}: ${names.join(', ')}${number > names.length ? ` and ${count(number - names.length)} more` : ''}.`,
        one: 'At least two classes are needed; the others may come from other folders.',
        unlikely: 'If each folder is a patient, not a class, add the images without labels.',
        outside: (number: number) =>
          `${counted(number, 'image is', 'images are')} outside the class folders and ${number === 1 ? 'has' : 'have'} no label.`,
      },
      csv: {
        title: 'A CSV file',
        why: 'With the columns path and label, and optionally split (test or not) and group (for example the patient).',
        found: (name: string) => `${name} is in the folder and has the columns path and label.`,
      },
      outlined: {
        none: {
          title: 'No table',
          why: 'Class folders are ignored too: they do not describe regions.',
        },
        csv: {
          title: 'A CSV file',
          why: 'With the columns path and label (ignored), and optionally split (test or not) and group (for example the patient).',
        },
      },
      none: {
        title: 'Without labels',
        why: 'Add the images now and label some of them in the next step.',
      },
    },
    choose: 'Choose a file',
    csvMissing: 'Choose the CSV file first',
    failed: 'No file in this folder can be imported',
    other: 'Choose another folder',
    go: (images: number, hasVolumes: boolean) =>
      `Add ${counted(images, hasVolumes ? 'file' : 'image')}`,
  },
  progress: (done: number, total: number) =>
    total === 0 ? 'Looking for images' : `${count(done)} of ${counted(total, 'image')} read`,
  left: (seconds: number) => `${roughDuration(seconds)} left`,
  skippedSoFar: (number: number) => `${count(number)} left out`,
  stop: 'Stop adding',
  stopped: (added: number, known: number, copies: number) =>
    `Stopped. ${cameIn(added, known, copies).join(', ')}.`,
  /** Follows the numbers of added images. */
  masksLeftOut: (number: number) =>
    `${number === 1 ? 'One mask does' : `${count(number)} masks do`} not fit and ${number === 1 ? 'was' : 'were'} left out; the import report says why.`,
  added: (added: number, known: number, copies: number, masks: number) =>
    [
      ...cameIn(added, known, copies),
      ...(masks === 0
        ? []
        : [masks === 1 ? '1 with its mask' : `${count(masks)} with their masks`]),
    ].join(', ') + '.',
  /** Follows the numbers of added images. */
  lost: (lost: number, folder: string) =>
    `${counted(lost, 'image was', 'images were')} not added because ${lost === 1 ? 'its file is' : 'their files are'} missing, for example because a drive was disconnected or a folder renamed. Make ${folder} available again, then try again.`,
  unreadable: (files: number) =>
    `${counted(files, 'file was', 'files were')} left out; the import report says why.`,
  retry: 'Try again',
  missing: {
    title: (images: number) =>
      `${counted(images, 'image is', 'images are')} not where ${images === 1 ? 'it was' : 'they were'}`,
    place: (folder: string, missing: number, images: number) =>
      `${folder} (${missing === images ? count(missing) : `${count(missing)} of ${count(images)}`})`,
    why: 'Reconnect the drive, or choose the folder where they are now. Labels and masks are kept.',
    locate: 'Locate folder…',
    chooseTitle: 'Choose the folder where the images are now',
    again: 'Look again',
    looking: 'Looking for the images…',
    found: (found: number, renamed: number) =>
      `${counted(found, 'image was', 'images were')} found${renamed === 0 ? '' : `, ${count(renamed)} of them under another name`}.`,
    rest: (rest: number, first: string) =>
      rest === 1
        ? `${first} is still missing.`
        : `${count(rest)} are still missing, among them ${first}.`,
    none: (folder: string) =>
      `None of the missing images is in ${folder}. Choose the folder that contains them now.`,
    undone: (images: number) =>
      `${counted(images, 'image is back at its', 'images are back at their')} previous location.`,
  },
  noneAdded: (known: number, copies: number, unusable: number) =>
    [
      'No image was added',
      ...knownBefore(known, copies),
      ...(unusable <= 0 ? [] : [`${counted(unusable, 'file')} could not be used`]),
    ].join(', ') + '.',
  patients: {
    lost: 'Patients cannot be distinguished',
    rekey: 'Read patients again',
    check: 'Check again',
    reading: (done: number, total: number) =>
      total === 0 ? 'Reading patients again' : `Reading patients again: ${done} of ${total} files`,
    stop: 'Stop',
    done: (images: number, groups: number) =>
      `Patients were read again: ${counted(images, 'image')} in ${counted(groups, 'group')}`,
    gone: (files: number) =>
      `${counted(files, 'file')} could not be read. All images of these files form one group until their folder is imported again:`,
    more: (files: number) => `and ${counted(files, 'other file')}`,
    close: 'Close',
  },
  cutShort: {
    title: (rest: number, found: number) =>
      `${count(rest)} of ${counted(found, 'image')} ${rest === 1 ? 'was' : 'were'} not imported`,
    more: (folder: string, added: number, known: number, copies: number) =>
      `${cameIn(added, known, copies).join(', ')}. Adding ${folder} was stopped, the app was closed, or files went missing. Imported images stay; add the rest now.`,
    go: 'Add the rest…',
  },
  nothingFound: 'That folder contains no images.',
  reports: (number: number) => `${count(number)} left out`,
  next: 'Continue to labels',
  needsImages: 'There are no images yet',
  tryAgain: 'Choose again',
  busy: 'Images are already being added. Add this folder when that import is done, or stop that import.',
  importing: 'You can continue while images are added',
  inspector: {
    name: 'The selected image',
    nothing: 'No image is selected',
    hint: 'Select an image to see its details here. Double-click it, or press Enter, to open it.',
    many: (number: number) => `${count(number)} images selected`,
    size: 'Size',
    labels: 'Labels',
    folder: 'Folder',
    noLabel: 'No label yet',
    noneOfThem: 'None of the classes',
    use: 'Used as',
    test: 'Test image',
    train: 'Training image',
    close: 'Clear selection',
    remove: 'Remove from project…',
    whole: (name: string) => `The image ${name}`,
  },
  large: {
    place: (position: number, total: number) => `${count(position)} of ${count(total)}`,
    previous: 'Previous image',
    next: 'Next image',
    close: 'Back to the grid (Esc)',
    open: 'Open the image (Enter)',
  },
  removeTitle: (number: number) => `Remove ${counted(number, 'image')} from the project?`,
  removeLoses: 'Their labels are lost. The files stay where they are.',
  removeConfirm: 'Remove',
  removed: (number: number) => `${counted(number, 'image was', 'images were')} removed.`,
  testMark: 'test',
  noneMark: 'None',
};
