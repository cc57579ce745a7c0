import { count, counted, roughDuration } from '../../lib/format.ts';

/** A student that outlines images which nobody has outlined. */
export const predicting = {
  title: 'Let the student outline',
  why: 'Its masks are layers of their own. Look at them, take over what is right, correct the rest, and mark it as done: it becomes a label.',
  none: (images: number) =>
    `A student is there: it can outline ${counted(images, 'image')} without a mask that is done.`,
  some: (predicted: number, left: number) =>
    `${counted(predicted, 'image')} without a mask that is done ${predicted === 1 ? 'is' : 'are'} predicted, ${count(left)} ${left === 1 ? 'is' : 'are'} not.`,
  ready: (predicted: number) =>
    `The student has outlined ${counted(predicted, 'image')} that nobody has marked as done.`,
  allDone: 'Every mask is marked as done.',
  /** Of a button; the time stands beside it. */
  predict: (images: number) => `Outline ${counted(images, 'image')}`,
  goOn: (images: number) => `Go on with ${counted(images, 'image')}`,
  all: (images: number) => `Outline the other ${count(images)} too`,
  allWhy: 'Those whose mask is done, to compare',
  about: (seconds: number) => roughDuration(Math.max(1, seconds)),
  show: 'Look at them',
  doing: (done: number, total: number) =>
    total === 0 ? 'Outlining images' : `Outlining images: ${count(done)} of ${count(total)}`,
  left: (seconds: number) => `${roughDuration(seconds)} left`,
  stop: 'Stop',
  stopping: 'Stopping…',
  done: (images: number) => `The student has outlined ${counted(images, 'image')}.`,
  doneSome: (images: number, skipped: number) =>
    `The student has outlined ${counted(images, 'image')}; ${counted(skipped, 'image')} could not be read or changed.`,
  stopped: (images: number) =>
    `Stopped after ${counted(images, 'image')}. What is predicted stays, and you can go on later.`,
};
