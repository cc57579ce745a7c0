import { count, counted, roughDuration } from '../../lib/format.ts';

/** Text of predicting masks with a student. */
export const predicting = {
  title: 'Let the student outline',
  why: 'The student’s masks are separate layers. Use what is right as your mask, correct the rest and mark the mask as done: it then counts as a label.',
  none: (images: number) =>
    `A student is ready: it can outline ${counted(images, 'image')} without a mask marked as done.`,
  some: (predicted: number, left: number) =>
    `Of the images without a mask marked as done, ${count(predicted)} ${predicted === 1 ? 'has' : 'have'} a predicted mask and ${count(left)} ${left === 1 ? 'does' : 'do'} not.`,
  ready: (predicted: number) =>
    `The student has outlined ${counted(predicted, 'image')} not yet marked as done.`,
  allDone: 'Every mask is marked as done.',
  /** Label of the button, which also shows the time. */
  predict: (images: number) => `Outline ${counted(images, 'image')}`,
  goOn: (images: number) => `Continue with ${counted(images, 'image')}`,
  all: (images: number) => `Outline the other ${count(images)} too`,
  allWhy: 'Images whose mask is marked as done, to compare',
  about: (seconds: number) => roughDuration(Math.max(1, seconds)),
  show: 'Show them',
  doing: (done: number, total: number) =>
    total === 0 ? 'Outlining images' : `Outlining images: ${count(done)} of ${count(total)}`,
  left: (seconds: number) => `${roughDuration(seconds)} left`,
  stop: 'Stop',
  stopping: 'Stopping…',
  done: (images: number) => `The student has outlined ${counted(images, 'image')}.`,
  doneSome: (images: number, skipped: number) =>
    `The student has outlined ${counted(images, 'image')}; ${counted(skipped, 'image')} could not be read or had changed.`,
  stopped: (images: number) =>
    `Stopped after ${counted(images, 'image')}. The predicted masks stay, and you can continue later.`,
};
