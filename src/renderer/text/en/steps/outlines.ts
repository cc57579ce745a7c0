import { count, counted, significant } from '../../../lib/format.ts';

/** Pixel count, from 10,000 on in thousands or millions with three digits. */
function amount(pixels: number): string {
  if (pixels < 10_000) return count(pixels);
  return pixels < 1e6 ? `${significant(pixels / 1e3)} k` : `${significant(pixels / 1e6)} M`;
}

/** Text of the step Labels in projects with masks. */
export const outlines = {
  explanation:
    'Outline the classes in a few images and mark their masks as done. The student learns from them to outline the rest.',
  progress: (done: number, drafts: number, images: number) =>
    `${count(done)} of ${counted(images, 'image')} ${done === 1 ? 'has a mask' : 'have masks'} marked as done${drafts > 0 ? `, ${count(drafts)} ${drafts === 1 ? 'is a draft' : 'are drafts'}` : ''}.`,
  grid: 'Images to outline',
  /** Further search words of its actions. */
  also: 'masks regions labels predict',
  next: 'Outline the next image',
  again: 'Look at the first image',
  markDone: 'Mark as done',
  markDraft: 'Not done yet',
  hint: (key: string) =>
    `Double-click an image, or press Enter, to open it and outline regions. ${key} marks the selected image as done and moves to the next.`,
  open: 'Outline regions',
  /** States of a mask. */
  states: { done: 'mask done', draft: 'draft' },
  predicted: 'predicted',
  /** State of the mask, next to the name of the open image. */
  status: { done: 'Done', draft: 'Draft', none: 'No mask' },
  showOpen: 'Not done',
  showDraft: 'Drafts',
  showPredicted: 'Predicted, not done',
  showDone: 'Done',
  noClasses: 'Which classes can a region have?',
  classesNamed: 'Start outlining',
  noClassesWhy: 'Name at least one class; its regions are drawn in its colour.',
  allDone: 'Every mask is marked as done.',
  nothing: 'No image matches this filter.',
  nothingPredicted: {
    title: 'No predicted masks to check',
    sentence:
      'Once there is a student, it can outline the images that are not marked as done. They then appear here, for you to use and correct the predicted masks.',
  },
  classes: 'Outlined so far, by class',
  counts: (images: number, pixels: number) => `${counted(images, 'image')}, ${amount(pixels)} px`,
  countsOf: (name: string, learnt: number, tested: number, pixels: number) =>
    `${name}: in ${counted(learnt, 'training image')} and ${counted(tested, 'test image')}, ${count(pixels)} pixels in all`,
  help: {
    drafts: (drafts: number) =>
      `${counted(drafts, 'mask is a draft', 'masks are drafts')}: mark ${drafts === 1 ? 'it' : 'them'} as done to train the student on ${drafts === 1 ? 'it' : 'them'}.`,
    first: (missing: number) =>
      `No mask is marked as done yet; ${count(missing)} would be a good start. In each, outline everything that belongs to a class.`,
    absent: (name: string) =>
      `No mask marked as done contains ${name}, so the student cannot learn it. Images with it would help most.`,
    rare: (name: string, images: number) =>
      `${name} is outlined in ${counted(images, 'training image')}; more images with it would help most.`,
    few: (learnt: number, missing: number) =>
      `${counted(learnt, 'training mask')}; ${count(missing)} more would help.`,
    untested: (images: number) =>
      `${counted(images, 'test image has', 'test images have')} no mask: outline ${images === 1 ? 'it' : 'them'} to measure the student more precisely.`,
    tiny: (name: string, most: string) =>
      `${name} has few pixels compared with ${most}; images with more of it would help.`,
    enough: 'Every class is outlined in enough training images.',
    share: 'A fifth of the masks is held out for the test.',
    next: 'Outline next image',
    drafted: 'Show them',
    tests: 'Show them',
  },
  teacher: 'Continue to the teacher',
  needs: {
    images: 'Add images first',
    classes: 'Name a class first',
    masks: 'Outline regions of a class in an image, and mark the mask as done',
    tested: 'Mark a few more as done: one is held out for the test',
  },
};
