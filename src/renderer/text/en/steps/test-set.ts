import { count, counted, dayOf } from '../../../lib/format.ts';

/** Text about held-out images and the comparability of results. */
export const testSetText = {
  region: 'Test set',
  /** Sizes before the first run. */
  planned: (learnt: number, tested: number) =>
    `${counted(learnt, 'labelled training image')}, ${counted(tested, 'test image')}.`,
  plannedMore:
    'The first run freezes the test set, so that its results and later ones are comparable. You can choose test images yourself: select them in the grid.',
  frozen: (name: string, tested: number, when: string) =>
    `Test set ${name}: ${counted(tested, 'image')}, frozen on ${dayOf(when)}.`,
  frozenMore:
    'Images that you label from now on become training images, unless their patient or scene is in the test set.',
  small: (tested: number, labelled: number) =>
    `The test set has only ${count(tested)} of ${counted(labelled, 'labelled image')} now: a new test set would measure more reliably, but its results would not be comparable with earlier ones.`,
  /** Note that the test set has changed since the latest result. */
  changed: (name: string, before: number, now: number) =>
    `Since the last run the test set ${name} changed from ${count(before)} to ${counted(now, 'image')}, so the next result is not comparable with earlier ones.`,
  spanning: (groups: readonly string[]) =>
    `${groups.length === 1 ? 'The group' : 'The groups'} ${groups
      .slice(0, 3)
      .map((group) => `“${group}”`)
      .join(
        ', ',
      )}${groups.length > 3 ? ` and ${count(groups.length - 3)} more` : ''} had both training and test images. All images of ${groups.length === 1 ? 'it' : 'them'} are test images now: no image of a test patient or scene is used for training.`,
  show: 'Show test images',
  draw: 'Draw a new test set…',
  drawTitle: 'Draw a new test set?',
  drawLoses:
    'The next run holds out other images, a fifth of all labelled images. Its result and later ones are not comparable with earlier ones. Images that you set to Test or Training keep their use.',
  drawConfirm: 'Draw new test set',
  drawnAnew: 'The next run draws a new test set.',
  set: 'Training or test, and group',
  use: {
    test: 'Test',
    learn: 'Training',
    auto: 'Automatic',
  },
  useHint: {
    test: 'Hold out for the test',
    learn: 'Always use for training',
    auto: 'Test or training: automatic',
  },
  group: 'Group',
  noGroup: 'None',
  setGroup: 'Set group…',
  groupTitle: (images: number) => `Group of ${counted(images, 'image')}`,
  groupWhy:
    'A patient, volume or scene. The images of a group are either all training images or all test images. Other slices of the same volume, and other images of the same patient, join the group too.',
  /** Name of a group that was read from a file. */
  code: (code: string) => `Code ${code.slice(0, 6)}`,
  codeWhy:
    'This code stands for the patient, volume or series in the file. Images with the same code belong together. No name is stored.',
  groupLabel: 'Name of the patient, volume or scene',
  groupApply: 'Set group',
  groupClear: 'No group',
  done: {
    test: (images: number) => `${counted(images, 'image is', 'images are')} held out for the test.`,
    learn: (images: number) => `${counted(images, 'image is', 'images are')} used for training.`,
    auto: (images: number) =>
      `${counted(images, 'image is', 'images are')} assigned to training or test automatically.`,
    group: (images: number, group: string | null) =>
      group === null
        ? `${counted(images, 'image has', 'images have')} no group.`
        : `${counted(images, 'image is', 'images are')} in the group “${group}” now.`,
  },
  followed: (images: number) =>
    `${counted(images, 'more image', 'more images')} of the same ${images === 1 ? 'group' : 'groups'} changed too.`,
  /** Name of the test set in the list of runs and of a result. */
  name: (name: string) => `Test set ${name}`,
  unknown: 'Test set not recorded',
  of: (name: string, images: number, when: string, fingerprint: string) =>
    `${name}, ${counted(images, 'image')}, frozen on ${dayOf(when)} (${fingerprint})`,
  how: 'Test set',
  measured: (name: string, images: number, when: string) =>
    `Measured on test set ${name}: ${counted(images, 'image')}, frozen on ${dayOf(when)}.`,
  notComparable: (name: string | null, current: string | null) =>
    `Measured on ${name === null ? 'a test set that was not recorded' : `test set ${name}`}, not on ${current === null ? 'the test set of the run shown' : `test set ${current}`}: the results are not comparable.`,
  several: (names: readonly string[]) =>
    `These runs were measured on different test sets (${names.join(', ')}). Compare results of the same test set only.`,
};
