import type { JobPhase } from '../../../../contract/jobs.ts';
import { count, counted, decimals, duration, percent } from '../../../lib/format.ts';

const phaseNames: Record<
  Exclude<JobPhase, 'sample' | 'pixels' | 'download'>,
  { name: string; doing: string }
> = {
  images: { name: 'Images', doing: 'Reading images' },
  fit: { name: 'Fitting', doing: 'Fitting the kept blocks' },
  distill: { name: 'Distil', doing: 'Distilling' },
  head: { name: 'Classes', doing: 'Learning your classes' },
  masks: { name: 'Masks', doing: 'Reading masks' },
  decoder: { name: 'Outlines', doing: 'Learning your outlines' },
  predict: { name: 'Measuring', doing: 'Measuring on test images' },
  timing: { name: 'Speed', doing: 'Measuring speed' },
  export: { name: 'Files', doing: 'Writing and checking files' },
};

export const distilText = {
  title: 'Distil',
  explanation:
    'The student receives the same images as its teacher and learns to produce the same features. No labels are needed for this part.',
  explanationDecoders:
    'Teacher, untrained copy and student learn from your masks to outline regions, and are measured on the test images.',
  phases: phaseNames,
  timeline: 'Phases of the run',
  phaseState: { done: 'done', current: 'running', waiting: 'not started', stopped: 'stopped' },
  figures: {
    step: 'Step',
    shortStep: 'Steps, finished early',
    of: (steps: number) => `of ${count(steps)}`,
    loss: 'Loss, training images',
    /** Loss of the delivered student, for a finished run. */
    kept: 'Difference from the teacher, validation images',
    decoderLoss: 'Outline loss',
    decoderStep: 'Decoder step',
    decoderOf: (steps: number) => `of ${count(steps)}`,
    speed: 'Images per second',
    left: 'Time left in this phase',
    /** Replaces the time left once the estimate is exceeded. */
    overdue: 'longer than expected',
    ending: 'finishing this part',
    took: 'Duration',
    learnt: 'Steps done',
    goesOn: 'Continues with',
    unknown: '–',
  },
  chart: {
    name: 'Loss: difference from the teacher, on the training images',
    smooth: 'smoothed',
    each: 'each step',
    at: (step: number, loss: number) => `Step ${count(step)}, loss ${decimals(loss, 3)}`,
    waiting: 'The curve begins with the first step.',
    none: 'This run has no curve yet.',
    alternative: (first: number, last: number, step: number) =>
      `Line chart. The loss went from ${decimals(first, 3)} to ${decimals(last, 3)} at step ${count(step)}.`,
  },
  decoder: {
    name: 'Outline loss',
    waiting: 'The curve begins with the first step.',
    at: (step: number, loss: number) =>
      `Step ${count(step)} of the decoders, loss ${decimals(loss, 3)}`,
    why: 'Teacher, untrained copy and student each train a decoder on the same masks, one after the other, each from scratch.',
    parts: ['Teacher', 'Untrained copy', 'Student'],
    alternative: (first: number, last: number, step: number) =>
      `Line chart. The outline loss went from ${decimals(first, 3)} to ${decimals(last, 3)} at step ${count(step)} of the decoders.`,
  },
  accuracy: {
    name: 'Cross-validated on your training images (not the result)',
    at: (step: number, accuracy: number) =>
      `After step ${count(step)}: ${percent(accuracy)} % of training images correct`,
    teacher: (accuracy: number) => `Teacher, cross-validated: ${percent(accuracy)} %`,
    value: (accuracy: number) => `${percent(accuracy)} %`,
    alternative: (step: number, accuracy: number, teacher: number | null) =>
      `Line chart, cross-validated on your training images. After step ${count(step)} the student is right on ${percent(accuracy)} %${teacher === null ? '' : `, its teacher on ${percent(teacher)} %`}.`,
    why: 'Some labelled training images, each predicted by a head trained on the others. The student was trained on these images, so its accuracy on test images, which is the result, is usually lower.',
  },
  features: {
    title: 'Features of teacher and student',
    image: 'Image',
    teacher: 'Teacher',
    student: 'Student',
    at: (step: number) =>
      step === 0 ? 'Student before the first step' : `Student after step ${count(step)}`,
    why: 'Features of each image patch, shown as colours: patches of the same colour have similar features.',
    waiting: 'The first features are being computed.',
    alternative: (who: string, index: number) =>
      `${who}: features of the patches of image ${index + 1}, as colours`,
    imageAlternative: (index: number) => `Image ${index + 1}`,
  },
  /** Title above the engine's notices about the recipe. */
  recipe: { running: 'Training so far', done: 'How the training went' },
  /** Explanation that the figures of a run are not its result. */
  recipeWhy: (tested: number | null) =>
    `All these figures are estimates on training images. The result is measured at the end, on ${tested === null ? 'the test images' : counted(tested, 'test image')}.`,
  closing:
    'You can close the window: a checkpoint is kept, and the run continues when you open the app again.',
  finish: 'Finish now',
  finishing: 'Finishing…',
  finishWhy: 'End training now and see the result of what the student has learnt so far',
  pause: 'Pause',
  pausing: 'Pausing…',
  resume: (step: number) => (step > 0 ? `Resume from step ${count(step + 1)}` : 'Start again'),
  /** Labels of Resume after the last step. */
  resumeAfter: { heads: 'Resume and train the head', decoders: 'Resume and train the decoders' },
  resuming: 'Resuming…',
  cancel: 'Discard run…',
  seeResult: 'See the result',
  another: 'Try another skip factor',
  confirm: {
    title: 'Discard this run?',
    message: (step: number) =>
      step > 0
        ? `What the student has learnt in ${counted(step, 'step')} is lost, and its checkpoint is removed. Images, labels and other runs stay. To continue later, pause instead.`
        : 'Nothing has been learnt yet. Images, labels and other runs stay.',
    confirm: 'Discard run',
    ofQueued: 'Remove from the queue',
  },
  queued: {
    title: 'Waiting for another run',
    more: 'This run starts automatically when the one before it is done.',
  },
  /** Title while a run does not respond; the engine's message follows. */
  silent: 'The run does not respond',
  paused: {
    title: (step: number, steps: number) => `Paused at step ${count(step)} of ${count(steps)}`,
    kept: 'A checkpoint keeps what the student has learnt. Resuming continues from there.',
    nothing: 'There is no checkpoint yet: the run starts over.',
    after: (steps: number) => `Paused after all of its ${counted(steps, 'step')}`,
  },
  /** Explanations for a run that stopped after its last step. */
  keptAfter: {
    heads:
      'A checkpoint keeps the distilled student. Resuming continues with learning the classes.',
    decoders:
      'A checkpoint keeps the distilled student and every fully trained decoder. A partly trained decoder starts over.',
  },
  failed: {
    title: (step: number) =>
      step > 0 ? `The run stopped at step ${count(step)}` : 'The run stopped before its first step',
    after: (steps: number) => `The run stopped after all of its ${counted(steps, 'step')}`,
    putRight: 'Fix the cause and resume, or discard the run.',
    kept: 'A checkpoint keeps what the student has learnt.',
    nothing:
      'Nothing was lost. Fix the cause, here or in an earlier step, and start again: the run then uses the current settings and labels.',
  },
  done: {
    title: 'The student is ready',
    delivered: {
      trained: '',
      earlier: 'The student is the best state of its training, not the last.',
      fitted:
        'Training did not improve the student: it is the fitted copy, whose blocks are adjusted to replace the skipped ones.',
      copy: 'Training did not improve the student: it is the untrained copy of the teacher’s blocks.',
    },
    noUse: 'Run finished: do not use this student',
    unjudged: 'Run finished, but its student cannot be judged',
    noUseWhy: 'The result shows why, and what to do next.',
    more: (seconds: number, accuracy: number) =>
      `The run took ${duration(seconds)}. The student is right on ${percent(accuracy)} % of the test images.`,
    outlines: (seconds: number, dice: number | null) =>
      dice === null
        ? `The run took ${duration(seconds)}.`
        : `The run took ${duration(seconds)}. The student’s mean Dice on the test images is ${decimals(dice, 3)}.`,
  },
  runs: {
    title: 'Runs of this project',
    state: {
      queued: 'Waiting',
      running: 'Running',
      paused: 'Paused',
      failed: 'Stopped',
      done: 'Done',
    },
    step: (step: number, steps: number) => `step ${count(step)} of ${count(steps)}`,
    accuracy: (share: number) => `${percent(share)} %`,
    dice: (share: number | null) => `Dice ${share === null ? '–' : decimals(share, 3)}`,
  },
  elsewhere: {
    title: (project: string | undefined) =>
      `A run of ${project === undefined ? 'another project' : `“${project}”`} is in progress`,
    sentence: 'A run that you start here waits until that run is done.',
    empty: 'This project has no run yet',
    go: (project: string | undefined) =>
      project === undefined ? 'See that run' : `See the run of “${project}”`,
  },
  empty: {
    title: 'No student has been distilled yet',
    sentence:
      'Choose how many of the teacher’s blocks to keep, then start. This page shows how the student approaches its teacher.',
    go: 'Choose the skip factor',
  },
  metricsFailed: 'The curve could not be read',
};
