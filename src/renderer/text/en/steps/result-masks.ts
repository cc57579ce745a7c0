import { count, counted, decimals } from '../../../lib/format.ts';

const score = (dice: number | null): string =>
  dice === null ? 'nothing to compare' : decimals(dice, 2);

/** Text of the comparison of masks on test images. */
export const resultMasks = {
  title: (images: number) => `${counted(images, 'test image')}, the student’s worst first`,
  explanation: 'Dice: how much two masks overlap, from 0 (not at all) to 1 (identical).',
  loading: 'Reading the masks of teacher, untrained copy and student',
  failed: 'The masks of the test images could not be read',
  none: 'No test image of this run is left in the project',
  noneWhy:
    'The test images were removed after the run. Distil again to compare on the current ones.',
  strip: 'Test images',
  more: (images: number) => `Show ${count(images)} more`,
  thumbnail: (name: string, dice: number | null) => `${name}, Dice of the student ${score(dice)}`,
  noDice: '–',
  /** Names of the masks. */
  owners: { human: 'Truth', teacher: 'Teacher', copy: 'Untrained copy', student: 'Student' },
  with: 'Compared with',
  who: 'Mask of',
  modes: { wipe: 'Wipe', difference: 'Differences' },
  mode: 'How to compare',
  stage: (name: string, first: string, second: string) =>
    `${name}: ${first} on the left of the line, ${second} on the right. Arrow keys move the line.`,
  differenceStage: (name: string, first: string, second: string) =>
    `${name}: differences between ${first} and ${second}`,
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
  /** Legend of differences, in the order of the colours. */
  missed: { name: 'Missed', why: 'In the truth, not predicted' },
  tooMuch: { name: 'Too much', why: 'Predicted, not in the truth' },
  otherClass: { name: 'Another class', why: 'Predicted as another class' },
  only: (who: string) => ({ name: `${who} only`, why: '' }),
  otherOfTwo: { name: 'Another class', why: 'Marked in both, as different classes' },
  classes: 'Classes',
  /** Note on classes of the run that the project no longer has. */
  gone: (names: readonly string[]) =>
    `${names.join(', ')}: removed from the project or renamed since this run. Removed classes count in its figures, but no longer appear in masks.`,
  scores: 'Dice of this image',
  missing: (who: string) => `This image has no mask of this kind: ${who.toLowerCase()}.`,
  /** Hints below the choices. */
  hints: {
    wipe: (key: string) => `Drag the line to compare. ${key} and wheel: zoom. Space and drag: pan.`,
    difference: (key: string) => `${key} and wheel: zoom. Drag: pan.`,
  },
};
