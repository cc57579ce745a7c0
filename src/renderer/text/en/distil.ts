import type { JobPhase } from '../../../contract/jobs.ts';
import { count, counted, decimals, duration, percent } from '../../lib/format.ts';

const phaseNames: Record<
  Exclude<JobPhase, 'sample' | 'pixels' | 'download'>,
  { name: string; doing: string }
> = {
  images: { name: 'Images', doing: 'Reading images' },
  fit: { name: 'Fitting', doing: 'Fitting the kept blocks' },
  distill: { name: 'Distil', doing: 'Distilling' },
  head: { name: 'Classes', doing: 'Teaching the classes' },
  masks: { name: 'Masks', doing: 'Reading masks' },
  decoder: { name: 'Outlines', doing: 'Learning to outline' },
  predict: { name: 'Measuring', doing: 'Measuring on test images' },
  timing: { name: 'Speed', doing: 'Measuring speed' },
  export: { name: 'Files', doing: 'Writing and checking files' },
};

export const distilText = {
  title: 'Distil',
  explanation:
    'The student looks at your images beside its teacher and learns to answer alike. No labels are needed for this part.',
  explanationDecoders:
    'Teacher, plain copy and student learn from your masks to outline regions, and are measured on the test images.',
  phases: phaseNames,
  timeline: 'Parts of the run',
  phaseState: { done: 'done', current: 'at work', waiting: 'to come', stopped: 'stopped' },
  figures: {
    step: 'Step',
    shortStep: 'Steps, finished early',
    of: (steps: number) => `of ${count(steps)}`,
    loss: 'Loss',
    decoderLoss: 'Loss of the outlines',
    decoderStep: 'Step of the decoders',
    decoderOf: (steps: number) => `of ${count(steps)}`,
    speed: 'Images a second',
    left: 'Time left',
    leftHere: 'Time left in this part',
    took: 'Took',
    learnt: 'Learnt so far',
    goesOn: 'Goes on with',
    unknown: '–',
  },
  chart: {
    name: 'Loss: difference from the teacher',
    smooth: 'smoothed',
    each: 'each step',
    at: (step: number, loss: number) => `Step ${count(step)}, loss ${decimals(loss, 3)}`,
    waiting: 'The curve begins with the first step.',
    none: 'This run has no curve yet.',
    alternative: (first: number, last: number, step: number) =>
      `Line chart. The loss went from ${decimals(first, 3)} to ${decimals(last, 3)} at step ${count(step)}.`,
  },
  decoder: {
    name: 'Loss of the outlines',
    waiting: 'The curve begins with the first step.',
    at: (step: number, loss: number) =>
      `Step ${count(step)} of the decoders, loss ${decimals(loss, 3)}`,
    why: 'Teacher, plain copy and student each learn a decoder from the same masks, one after the other.',
    alternative: (first: number, last: number, step: number) =>
      `Line chart. The loss of the outlines went from ${decimals(first, 3)} to ${decimals(last, 3)} at step ${count(step)} of the decoders.`,
  },
  accuracy: {
    name: 'Cross-validated on your training images (not the result)',
    at: (step: number, accuracy: number) =>
      `After step ${count(step)}: ${percent(accuracy)} % of training images`,
    teacher: (accuracy: number) => `Teacher, cross-validated: ${percent(accuracy)} %`,
    value: (accuracy: number) => `${percent(accuracy)} %`,
    alternative: (step: number, accuracy: number, teacher: number | null) =>
      `Line chart, cross-validated on your training images. After step ${count(step)} the student is right on ${percent(accuracy)} %${teacher === null ? '' : `, its teacher on ${percent(teacher)} %`}.`,
    why: 'Some of the labelled training images, each predicted by a head that learnt from the others. The student has seen these images, so the accuracy on test images, which is the result, is mostly lower.',
  },
  features: {
    title: 'What the two see',
    image: 'Image',
    teacher: 'Teacher',
    student: 'Student',
    at: (step: number) =>
      step === 0 ? 'Student before the first step' : `Student after step ${count(step)}`,
    why: 'What each patch of an image means to the two, as colours: the same colour, the same meaning.',
    waiting: 'The first look is on its way.',
    alternative: (who: string, index: number) =>
      `${who}: features of the patches of image ${index + 1}, as colours`,
    imageAlternative: (index: number) => `Image ${index + 1}`,
  },
  /** What the engine says of it follows. */
  recipe: 'How the training goes',
  closing:
    'You may close the window: a checkpoint is kept, and the run goes on when you open the app again.',
  finish: 'Finish now',
  finishing: 'Finishing…',
  finishWhy: 'Stop learning here and see the result of what has been learnt so far',
  pause: 'Pause',
  pausing: 'Pausing…',
  resume: (step: number) => (step > 0 ? `Resume from step ${count(step + 1)}` : 'Start again'),
  /** After the last step. */
  resumeAfter: { heads: 'Resume: teach the classes', decoders: 'Resume: the decoders go on' },
  resuming: 'Resuming…',
  cancel: 'Discard run…',
  seeResult: 'See the result',
  another: 'Try another skip factor',
  confirm: {
    title: 'Discard this run?',
    message: (step: number) =>
      step > 0
        ? `What the student has learnt in ${counted(step, 'step')} is lost, and its checkpoint is removed. Images, labels and other runs stay. To go on later, pause instead.`
        : 'Nothing has been learnt yet. Images, labels and other runs stay.',
    confirm: 'Discard run',
    ofQueued: 'Take it from the queue',
  },
  queued: {
    title: 'Waiting for another run',
    more: 'This run begins by itself as soon as the one before it is done.',
  },
  /** While it runs; the engine says how long, and what to do. */
  silent: 'The run gives no sign',
  paused: {
    title: (step: number, steps: number) => `Paused at step ${count(step)} of ${count(steps)}`,
    kept: 'What has been learnt is kept in a checkpoint. Resuming goes on from there.',
    nothing: 'There is no checkpoint yet: it will start from the beginning.',
    after: (steps: number) => `Paused after all of its ${counted(steps, 'step')}`,
  },
  /** Of a run that stopped after its last step. */
  keptAfter: {
    heads: 'All that was distilled is kept in a checkpoint. Resuming goes on with the classes.',
    decoders:
      'All that was distilled is kept in a checkpoint, and so is each decoder that was learnt to its end. One that was still being learnt begins again.',
  },
  failed: {
    title: (step: number) =>
      step > 0 ? `The run stopped at step ${count(step)}` : 'The run stopped before its first step',
    after: (steps: number) => `The run stopped after all of its ${counted(steps, 'step')}`,
    putRight: 'Put right what went wrong and resume, or discard the run.',
    kept: 'What was learnt is kept in a checkpoint.',
    nothing:
      'Nothing was lost. Put right what went wrong, here or in the steps before, and start again: the run then takes settings and labels as they are.',
  },
  done: {
    title: 'The student is ready',
    more: (seconds: number, accuracy: number) =>
      `It took ${duration(seconds)}. The student is right on ${percent(accuracy)} % of the test images.`,
    outlines: (seconds: number, dice: number | null) =>
      dice === null
        ? `It took ${duration(seconds)}.`
        : `It took ${duration(seconds)}. The student’s mean Dice on the test images is ${decimals(dice, 3)}.`,
  },
  runs: {
    title: 'Runs of this project',
    state: {
      queued: 'Waiting',
      running: 'At work',
      paused: 'Paused',
      failed: 'Stopped',
      done: 'Done',
    },
    step: (step: number, steps: number) => `step ${count(step)} of ${count(steps)}`,
    accuracy: (share: number) => `${percent(share)} %`,
    dice: (share: number | null) => `Dice ${share === null ? '–' : decimals(share, 3)}`,
  },
  empty: {
    title: 'Nothing is being distilled yet',
    sentence:
      'Decide how many of the teacher’s blocks to keep, then start. You will see here how the student comes closer to its teacher.',
    go: 'Choose the skip factor',
  },
  metricsFailed: 'The curve could not be read',
};
