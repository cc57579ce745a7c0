import { count, counted, significant } from '../../lib/format.ts';

/** Pixels as one says them: thousands and millions, to two or three digits. */
function amount(pixels: number): string {
  if (pixels < 10_000) return count(pixels);
  return pixels < 1e6 ? `${significant(pixels / 1e3)} k` : `${significant(pixels / 1e6)} M`;
}

/** The step of labels where regions are outlined. */
export const outlines = {
  explanation:
    'Outline what is of a class in some images and mark their masks as done. Ten are a good start: the student learns to outline the rest.',
  progress: (done: number, drafts: number, images: number) =>
    `${count(done)} of ${counted(images, 'image')} ${done === 1 ? 'has a mask that is' : 'have masks that are'} done${drafts > 0 ? `, ${count(drafts)} ${drafts === 1 ? 'is' : 'are'} begun` : ''}.`,
  grid: 'Images to outline',
  /** What else its actions are looked for by. */
  also: 'masks regions labels predict',
  next: 'Outline the next image',
  again: 'Look at the first image',
  markDone: 'Mark as done',
  markDraft: 'Not done yet',
  hint: (key: string) => `Open an image to outline regions; ${key} marks it as done and goes on.`,
  /** Of a mask. */
  states: { done: 'outlined', draft: 'begun' },
  predicted: 'predicted',
  /** Beside the name of the image that is open. */
  said: { done: 'Outlined', draft: 'Begun', none: 'Not begun' },
  showOpen: 'Not done',
  showDraft: 'Begun',
  showPredicted: 'Predicted, not done',
  showDone: 'Done',
  noClasses: 'What can a region be?',
  classesNamed: 'Start outlining',
  noClassesWhy: 'Name at least one class; its regions are drawn in its colour.',
  allDone: 'Every mask is done.',
  nothing: 'No image is like that.',
  nothingPredicted: {
    title: 'No predicted mask waits for a look',
    sentence:
      'Once a student is there, it can outline the images that nobody has marked as done. They stand here then, to be taken over and corrected.',
  },
  classes: 'What is outlined of each class',
  counts: (images: number, pixels: number) => `${counted(images, 'image')}, ${amount(pixels)} px`,
  countsOf: (name: string, learnt: number, tested: number, pixels: number) =>
    `${name}: in ${counted(learnt, 'image')} to learn from and ${count(tested)} held out for the test, ${count(pixels)} pixels in all`,
  help: {
    drafts: (drafts: number) =>
      `${counted(drafts, 'mask is', 'masks are')} begun: marked as done, ${drafts === 1 ? 'it teaches' : 'they teach'} the student.`,
    first: (missing: number) =>
      `No mask is done yet; ${count(missing)} would be a good start. All of what is of a class must be outlined in each.`,
    absent: (name: string) =>
      `No mask that is done shows ${name}: the student cannot learn it. Images with it would help most.`,
    rare: (name: string, images: number) =>
      `${name} is outlined in ${counted(images, 'image')} to learn from; more images with it would help most.`,
    few: (learnt: number, missing: number) =>
      `${counted(learnt, 'mask')} to learn from; ${count(missing)} more would help.`,
    untested: (images: number) =>
      `${counted(images, 'test image')} without a mask: outlined, they would say how good the student is.`,
    tiny: (name: string, most: string) =>
      `${name} has few pixels beside ${most}; images with more of it would help.`,
    enough: 'Every class is outlined in enough images to learn from.',
    share: 'A fifth of the masks is held out for the test.',
    next: 'Outline the next',
    drafted: 'Show them',
    tests: 'Show them',
  },
  teacher: 'Continue to the teacher',
  needs: {
    images: 'Add images first',
    classes: 'Name a class first',
    masks: 'Mark the mask of an image as done, with something of a class in it',
    tested: 'Mark a few more as done: one is held out to measure on',
  },
};
