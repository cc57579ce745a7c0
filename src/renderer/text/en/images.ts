import { count, counted, roughDuration } from '../../lib/format.ts';

export const images = {
  title: 'Images',
  explanation:
    'Images stay where they lie; Understudy only remembers the place. The student learns from all of them, labelled or not.',
  grid: 'Images',
  search: 'Search by name',
  show: 'Show',
  showAll: 'All images',
  showUnlabelled: 'Without a label',
  showToLabel: 'Without a label, to learn from',
  showLabelled: 'With a label',
  showTest: 'Held out for the test',
  thumbnailSize: 'Size of the thumbnails',
  add: 'Add a folder',
  addMore: 'Add another folder',
  chooseTitle: 'Choose a folder of images',
  chooseCsvTitle: 'Choose the CSV file with the labels',
  empty: {
    title: 'Bring a folder of images',
    sentence:
      'Choose it or drop it here: DICOM, NIfTI, TIFF, PNG, JPEG and others. If each class has a folder of its own, labels come along by themselves.',
    sample: 'Open the sample instead',
  },
  none: 'No image fits this filter.',
  showEverything: 'Show all images',
  dialog: {
    title: (name: string) => `Add images from “${name}”`,
    looking: 'Looking into the folder',
    images: (images: number) => counted(images, 'image'),
    test: (test: number) => `${count(test)} of them in a folder named test, held out`,
    masks: {
      title: (masks: number) => `${counted(masks, 'mask')} beside the images`,
      what: 'Masks mark regions of an image; this project tells whole images apart. The images come in without the masks: the student learns from all of them, and ten of each class, labelled as a whole, are enough.',
      beside:
        'By their names and the few values in them. In this project they come in as images of their own. To leave them out, put them into another folder; to learn from them, make a project that outlines regions.',
    },
    inner: {
      title: (name: string) => `Everything lies in “${name}”`,
      what: 'It has folders of its own, which may be the classes.',
      go: (name: string) => `Look into “${name}”`,
    },
    labels: 'How do labels come in?',
    options: {
      folders: {
        title: 'Class folders',
        classes: (number: number, names: readonly string[]) =>
          `${counted(number, 'class', 'classes')}: ${names.join(', ')}${number > names.length ? ` and ${count(number - names.length)} more` : ''}.`,
        one: 'To tell apart at least two are needed; others may come from other folders.',
        unlikely: 'If these folders are patients and not classes, add the images without labels.',
        outside: (number: number) =>
          `${counted(number, 'image lies', 'images lie')} outside of them, without a label.`,
      },
      csv: {
        title: 'A CSV file',
        why: 'With the columns path and label, and if you like split (test or not) and group (the patient, say).',
        found: (name: string) => `${name} lies in the folder and has the columns path and label.`,
      },
      outlined: {
        none: {
          title: 'Images alone',
          why: 'Outline regions in the next step. Class folders say nothing of regions and are left aside.',
        },
        csv: {
          title: 'With a CSV file',
          why: 'With the columns path and label; split says what is held out, group what belongs together.',
        },
      },
      none: {
        title: 'Without labels',
        why: 'Add the images now and label some of them in the next step.',
      },
    },
    choose: 'Choose a file',
    csvMissing: 'Choose the CSV file first',
    failed: 'Nothing of this folder can come in',
    other: 'Choose another folder',
    go: (images: number) => `Add ${counted(images, 'image')}`,
  },
  progress: (done: number, total: number) =>
    total === 0 ? 'Looking for images' : `${count(done)} of ${count(total)}`,
  left: (seconds: number) => `${roughDuration(seconds)} left`,
  skippedSoFar: (number: number) => `${count(number)} left out`,
  stop: 'Stop adding',
  stopped: (added: number) =>
    `Stopped. ${counted(added, 'image is', 'images are')} in the project.`,
  /** After what was added, where something of it wants a look. */
  masksLeftOut: (number: number) =>
    `${number === 1 ? 'One mask does' : `${count(number)} masks do`} not fit and ${number === 1 ? 'was' : 'were'} left out; the list of what was left out says why.`,
  added: (added: number, known: number, masks: number) =>
    [
      `${counted(added, 'image was', 'images were')} added`,
      ...(known === 0 ? [] : [`${count(known)} were there already`]),
      ...(masks === 0
        ? []
        : [masks === 1 ? '1 came with its mask' : `${count(masks)} came with their masks`]),
    ].join(', ') + '.',
  /** After what was added. */
  lost: (lost: number, folder: string) =>
    `${counted(lost, 'image was', 'images were')} not added because ${lost === 1 ? 'its file is' : 'their files are'} gone, as when a drive is disconnected or a folder is renamed. Bring ${folder} back, then try again.`,
  unreadable: (failed: number) =>
    `${counted(failed, 'image', 'images')} could not be read; the list of what was left out says why.`,
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
    found: (found: number, byContent: number) =>
      `${counted(found, 'image was', 'images were')} found${byContent === 0 ? '' : `, ${count(byContent)} of them under another name`}.`,
    rest: (rest: number, first: string) =>
      `${count(rest)} ${rest === 1 ? 'is' : 'are'} still missing, ${first} first.`,
    none: (folder: string) =>
      `None of the missing images is in ${folder}. Choose the folder that holds them now.`,
    undone: (images: number) =>
      `${counted(images, 'image has its', 'images have their')} old place again.`,
  },
  noneAdded: (known: number, unusable: number) =>
    [
      'No image was added',
      ...(known === 0 ? [] : [`${count(known)} ${known === 1 ? 'was' : 'were'} there already`]),
      ...(unusable <= 0 ? [] : [`${counted(unusable, 'file')} could not be used`]),
    ].join(', ') + '.',
  patients: {
    lost: 'Patients cannot be told apart',
    rekey: 'Read patients again',
    check: 'Check again',
    reading: (done: number, total: number) =>
      total === 0 ? 'Reading patients again' : `Reading patients again: ${done} of ${total} files`,
    stop: 'Stop',
    done: (images: number, groups: number) =>
      `Patients were read again: ${counted(images, 'image')} in ${counted(groups, 'group')}`,
    gone: (files: number) =>
      `${counted(files, 'file')} could not be read. Their images stay together until their folder is imported again:`,
    more: (files: number) => `and ${counted(files, 'other file')}`,
    close: 'Close',
  },
  cutShort: {
    title: (rest: number, found: number) =>
      `${count(rest)} of ${counted(found, 'image')} did not come in`,
    more: (folder: string) =>
      `Adding ${folder} was stopped, ended with the app, or lost files on the way. What came in stays; the rest can be added now.`,
    go: 'Add the rest…',
  },
  nothingFound: 'There is no image in that folder.',
  reports: (number: number) => `${count(number)} left out`,
  next: 'Continue to labels',
  needsImages: 'There are no images yet',
  tryAgain: 'Choose again',
  busy: 'Images are being added already. Add this folder when that is done, or stop it.',
  importing: 'You can go on while images are added',
  inspector: {
    name: 'The selected image',
    many: (number: number) => `${count(number)} images selected`,
    size: 'Size',
    labels: 'Labels',
    folder: 'Folder',
    noLabel: 'No label yet',
    noneOfThem: 'None of the classes',
    use: 'Use',
    test: 'Held out for the test',
    train: 'To learn from',
    close: 'Close the inspector',
    remove: 'Remove from project…',
    whole: (name: string) => `The image ${name}`,
  },
  large: {
    place: (position: number, total: number) => `${count(position)} of ${count(total)}`,
    previous: 'Previous image',
    next: 'Next image',
    close: 'Back to the grid (Esc)',
    open: 'Look at it large (Enter)',
  },
  removeTitle: (number: number) => `Remove ${counted(number, 'image')} from the project?`,
  removeLoses: 'Their labels are lost. The files stay where they are.',
  removeConfirm: 'Remove',
  removed: (number: number) => `${counted(number, 'image was', 'images were')} removed.`,
  testMark: 'test',
  noneMark: 'None',
};
