import { count, counted, decimals } from '../../lib/format.ts';

const score = (dice: number | null): string =>
  dice === null ? 'nothing to compare' : decimals(dice, 2);

/** Masks of test images, beside what is true. */
export const resultMasks = {
  title: (images: number) => `${counted(images, 'test image')}, the student’s worst first`,
  explanation: 'Dice: how much of two masks is the same, from 0, nothing, to 1, all of it.',
  loading: 'Reading how well the three outlined the test images',
  failed: 'The masks of the test images could not be read',
  none: 'No test image of this run is left in the project',
  noneWhy: 'They were removed since. Distil again to compare on those that are there now.',
  strip: 'Test images',
  more: (images: number) => `Show ${count(images)} more`,
  thumbnail: (name: string, dice: number | null) => `${name}, Dice of the student ${score(dice)}`,
  noDice: '–',
  /** Whose mask is on a side of the line. */
  owners: { human: 'Truth', teacher: 'Teacher', copy: 'Plain copy', student: 'Student' },
  with: 'Compared with',
  who: 'Whose mask',
  modes: { wipe: 'Wipe', difference: 'Differences' },
  mode: 'How to compare',
  stage: (name: string, first: string, second: string) =>
    `${name}: ${first} on the left of the line, ${second} on the right. Arrow keys move the line.`,
  differenceStage: (name: string, first: string, second: string) =>
    `${name}: where ${first} and ${second} differ`,
  at: (share: number, first: string, second: string) =>
    `${count(share * 100)} % ${first}, ${count((1 - share) * 100)} % ${second}`,
  opacity: 'Opacity',
  hide: 'Hide the masks',
  showMasks: 'Show the masks',
  open: 'Open in the viewer',
  opening: 'Opening…',
  previous: 'Previous test image',
  next: 'Next test image',
  place: (position: number, total: number) => `${count(position)} of ${count(total)}`,
  /** What differs, in the order of its colours. */
  missed: { name: 'Missed', why: 'True, and not found' },
  tooMuch: { name: 'Too much', why: 'Found, and not true' },
  otherClass: { name: 'Another class', why: 'Found as another class than it is' },
  only: (who: string) => ({ name: `Only: ${who.toLowerCase()}`, why: '' }),
  otherOfTwo: { name: 'Another class', why: 'A class to both, but not the same one' },
  classes: 'Classes',
  /** Of the run, that the project no longer has. */
  gone: (names: readonly string[]) =>
    `${names.join(', ')}: removed from the project or renamed since this run. What was removed counts in its figures, but is in no mask here any more.`,
  scores: 'Dice of this image',
  missing: (who: string) => `There is no mask of ${who.toLowerCase()} for this image.`,
  /** Below what can be chosen. */
  hints: {
    wipe: (key: string) =>
      `Drag the line. ${key} and the wheel zoom in, Space and drag move the image.`,
    difference: (key: string) => `${key} and the wheel zoom in, dragging moves the image.`,
  },
};
