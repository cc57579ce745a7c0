import { counted, decimals, roughDuration } from '../../../lib/format.ts';

const none = 'none of them';
const list = (names: readonly string[]): string =>
  names.length === 0 ? none : names.join(' and ');

/** Text of the review queue and its reasons. */
export const review = {
  show: 'Images to check next',
  find: 'Find images to check next',
  findAgain: 'Find again',
  go: 'Show it',
  about: (seconds: number) => roughDuration(Math.max(1, seconds)),
  offer: (images: number) =>
    `A student is ready: it can choose which of ${counted(images, 'image')} to check next.`,
  /** Offer when every image has a label. */
  offerLabelled: (images: number) =>
    `Every image has a label. A student is ready: it can choose which of ${counted(images, 'unchecked label')} to check first.`,
  ready: 'The latest student has listed the images to check next.',
  finding: (done: number, total: number) =>
    total === 0
      ? 'Finding images to check next'
      : `Finding images to check next: ${Math.floor((100 * done) / total)} % read`,
  left: (seconds: number) => `${roughDuration(seconds)} left`,
  stop: 'Stop',
  found: (images: number, skipped: number) =>
    `The student made predictions for ${counted(images, 'image')}${skipped > 0 ? `; ${counted(skipped, 'image')} could not be read or had changed` : ''}.`,
  accept: (names: readonly string[]) => `Accept ${list(names)}`,
  hint: (key: string) =>
    `${key} accepts the proposal and moves to the next image. Numbers choose another class.`,
  done: 'No images are left to check.',
  reasons: {
    open: 'no label yet',
    openSaid: (student: readonly string[]) => `no label; student predicts ${list(student)}`,
    unsure: (likeliest: readonly { name: string; probability: number }[]) =>
      `student unsure: ${likeliest.map(({ name, probability }) => `${name} ${decimals(probability, 2)}`).join(', ')}`,
    teacher: (teacher: readonly string[], student: readonly string[]) =>
      `teacher predicts ${list(teacher)}, student predicts ${list(student)}`,
    label: (label: readonly string[], student: readonly string[]) =>
      `labelled ${list(label)}, student predicts ${list(student)}`,
    unreviewed: 'label not checked yet',
  },
};
