import { count, counted } from '../../lib/format.ts';

/** The step of labels where regions are outlined. */
export const outlines = {
  explanation: 'Outline what is of a class in each image, and mark its mask as done.',
  progress: (done: number, drafts: number, images: number) =>
    `${count(done)} of ${counted(images, 'image')} ${done === 1 ? 'has a mask that is' : 'have masks that are'} done${drafts > 0 ? `, ${count(drafts)} ${drafts === 1 ? 'is' : 'are'} begun` : ''}.`,
  grid: 'Images to outline',
  next: 'Outline the next image',
  again: 'Look at the first image',
  markDone: 'Mark as done',
  markDraft: 'Not done yet',
  hint: (key: string) => `Open an image to outline regions; ${key} marks it as done and goes on.`,
  /** Of a mask. */
  states: { done: 'outlined', draft: 'begun' },
  /** Beside the name of the image that is open. */
  said: { done: 'Outlined', draft: 'Begun', none: 'Not begun' },
  showOpen: 'Not done',
  showDraft: 'Begun',
  showDone: 'Done',
  noClasses: 'What can a region be?',
  noClassesWhy: 'Name at least one class; its regions are drawn in its colour.',
  allDone: 'Every mask is done.',
  nothing: 'No image is like that.',
  later:
    'Students that outline regions cannot be made yet in this version. Masks can be drawn, kept and exported.',
};
