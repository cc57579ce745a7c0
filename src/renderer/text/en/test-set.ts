import { count, counted, dayOf } from '../../lib/format.ts';

/** Which images are held out, and which results compare. */
export const testSetText = {
  region: 'Test set',
  /** Before the first run. */
  planned: (learnt: number, tested: number) =>
    `${counted(learnt, 'labelled image')} to learn from, ${count(tested)} held out for the test.`,
  plannedMore:
    'The first run freezes the test set, so that its results and later ones compare. You can choose test images yourself: select them in the grid.',
  frozen: (name: string, tested: number, when: string) =>
    `Test set ${name}: ${counted(tested, 'image')}, frozen on ${dayOf(when)}.`,
  frozenMore:
    'Images that you label from now on are learnt from, unless their patient or scene is in the test set.',
  small: (tested: number, labelled: number) =>
    `It is ${count(tested)} of ${counted(labelled, 'labelled image')} by now: a new test set would measure more reliably, but no longer compare with the results so far.`,
  /** Its images are others than those of the latest result. */
  changed: (name: string, before: number, now: number) =>
    `Since the last run the test set ${name} went from ${count(before)} to ${counted(now, 'image')}, so the next result is of another test set.`,
  spanning: (groups: readonly string[]) =>
    `${groups.length === 1 ? 'The group' : 'The groups'} ${groups
      .slice(0, 3)
      .map((group) => `“${group}”`)
      .join(
        ', ',
      )}${groups.length > 3 ? ` and ${count(groups.length - 3)} more` : ''} had images on both sides. All of ${groups.length === 1 ? 'it' : 'them'} is held out now: nothing of a test patient or scene is learnt from.`,
  show: 'Show test images',
  draw: 'Draw a new test set…',
  drawTitle: 'Draw a new test set?',
  drawLoses:
    'The next run holds out other images, a fifth of all that are labelled. Its result and later ones no longer compare with the results so far. What you set by hand stays as it is.',
  drawConfirm: 'Draw a new one',
  drawnAnew: 'The next run draws a new test set.',
  set: 'Use and group',
  use: {
    test: 'Test',
    learn: 'Learn from',
    auto: 'Automatic',
  },
  useHint: {
    test: 'Hold out for the test',
    learn: 'Always learn from',
    auto: 'As the test set is drawn',
  },
  group: 'Group',
  noGroup: 'None',
  setGroup: 'Set group…',
  groupTitle: (images: number) => `Group of ${counted(images, 'image')}`,
  groupWhy:
    'A patient, volume or scene. Images of one group are never on both sides: either all of them are learnt from, or all are held out.',
  groupLabel: 'Name of the patient, volume or scene',
  groupApply: 'Set group',
  groupClear: 'No group',
  done: {
    test: (images: number) => `${counted(images, 'image is', 'images are')} held out for the test.`,
    learn: (images: number) => `${counted(images, 'image is', 'images are')} learnt from.`,
    auto: (images: number) =>
      `${counted(images, 'image is', 'images are')} used as the test set is drawn.`,
    group: (images: number, group: string | null) =>
      group === null
        ? `${counted(images, 'image has', 'images have')} no group.`
        : `${counted(images, 'image is', 'images are')} of the group “${group}”.`,
  },
  followed: (images: number) =>
    `${counted(images, 'more image', 'more images')} of the same ${images === 1 ? 'group' : 'groups'} followed.`,
  /** In the list of runs and of a result. */
  name: (name: string) => `Test set ${name}`,
  unknown: 'Test set not recorded',
  of: (name: string, images: number, when: string, fingerprint: string) =>
    `${name}, ${counted(images, 'image')}, frozen on ${dayOf(when)} (${fingerprint})`,
  how: 'Test set',
  measured: (name: string, images: number, when: string) =>
    `Measured on test set ${name}: ${counted(images, 'image')}, frozen on ${dayOf(when)}.`,
  notComparable: (name: string | null, current: string | null) =>
    `Measured on ${name === null ? 'a test set that was not recorded' : `test set ${name}`}, not on ${current === null ? 'that of the run in sight' : `test set ${current}`}: the results do not compare.`,
  several: (names: readonly string[]) =>
    `These runs were measured on different test sets (${names.join(', ')}). Compare results of the same test set only.`,
};
