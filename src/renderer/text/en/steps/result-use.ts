import type { Cause, Remedy } from '../../../../contract/usefulness.ts';
import { count, counted, decimals, percent, percentRange } from '../../../lib/format.ts';

type Task = 'classes' | 'outlines';

/** Accuracy, `37.5 % (95 % interval 12.5–75.0 %)`, or mean Dice, with its interval. */
function quality(task: Task, { value, low, high }: { value: number; low: number; high: number }) {
  return task === 'classes'
    ? `an accuracy of ${percent(value)} % (95 % interval ${percentRange(low, high)} %)`
    : `a mean Dice of ${decimals(value, 3)} (95 % interval ${decimals(low, 3)}–${decimals(high, 3)})`;
}

function share(task: Task, value: number): string {
  return task === 'classes' ? `${percent(value)} %` : decimals(value, 3);
}

/** Reasons why a student is not useful and what to do next, on the pages Result and Export. */
export const useText = {
  useless: 'Do not use this student',
  unsuitable: 'This teacher is unsuitable for these images',
  copy: 'The untrained copy is recommended',
  /** Replaces the advice to export a copy, for runs of versions that wrote only students. */
  noCopy:
    'The untrained copy did better than the student, but this run did not save it: distil again to export it.',
  why: 'Why',
  next: 'What to do next',
  /** Comparison of its accuracy with guessing. */
  classes: {
    chance: (accuracy: number, chance: number, mostFrequent: number) =>
      `The student’s accuracy of ${percent(accuracy)} % is indistinguishable from guessing (${percent(chance)} %); always answering the most frequent class reaches ${percent(mostFrequent)} %.`,
    near: (accuracy: number, chance: number, mostFrequent: number) =>
      `The student’s accuracy of ${percent(accuracy)} % is hardly better than guessing (${percent(chance)} %) or always answering the most frequent class (${percent(mostFrequent)} %).`,
  },
  /** Comparison of its mean Dice with outlining everything. */
  outlines: {
    chance: (dice: number, baseline: number) =>
      `The student’s mean Dice of ${decimals(dice, 3)} is indistinguishable from that of outlining all of each image (${decimals(baseline, 3)}).`,
    near: (dice: number, baseline: number) =>
      `The student’s mean Dice of ${decimals(dice, 3)} is hardly better than that of outlining all of each image (${decimals(baseline, 3)}).`,
    least: (dice: number) =>
      `The student’s mean Dice of ${decimals(dice, 3)} is far too low (1 is perfect): less than a fifth of the true and predicted area overlaps.`,
  },
  cause: (cause: Cause, task: Task): string => {
    switch (cause.kind) {
      case 'teacher':
        return `Its teacher does not do well on these images: ${quality(task, cause.quality)}; ${share(task, cause.baseline)} can be reached without a model.`;
      case 'steps':
        return `It was distilled for only ${counted(cause.steps, 'step')}; ${count(cause.usual)} are typical.`;
      case 'decoderSteps':
        return `Its decoder was trained for only ${counted(cause.steps, 'step')}; ${count(cause.usual)} are typical.`;
      case 'labelled':
        return task === 'classes'
          ? `Its head was trained on only ${counted(cause.images, 'labelled image')}.`
          : `Its decoder was trained on only ${counted(cause.images, 'outlined image')}.`;
      case 'tested':
        return `Only ${counted(cause.images, 'test image')}: with so few, even a good student is hard to distinguish from guessing.`;
    }
  },
  remedies: {
    copy: 'Use the untrained copy instead: it did better on the test images. Choose it when you export.',
    steps: 'Train the student for more steps: Skip factor, Advanced.',
    label: {
      classes: 'Label more images; some of them are held out for the test.',
      outlines: 'Outline more images; some of them are held out for the test.',
    },
    adapt:
      'Fine-tune the student on your masks (Skip factor): it then learns from your outlines, not only from its teacher.',
    blocks: 'Keep more of the teacher’s blocks.',
    teacher: 'Choose a teacher that was trained on images like yours, or check the labels.',
  },
  remedy: (remedy: Remedy, task: Task): string => {
    const text = useText.remedies[remedy];
    return typeof text === 'string' ? text : text[task];
  },
  /** Labels of the buttons. */
  go: {
    copy: 'Export the untrained copy',
    steps: 'Train for longer',
    label: { classes: 'Label more images', outlines: 'Outline more images' },
    adapt: 'Fine-tune on your masks',
    blocks: 'Keep more blocks',
    teacher: 'Choose another teacher',
  },
  button: (remedy: Remedy, task: Task): string => {
    const text = useText.go[remedy];
    return typeof text === 'string' ? text : text[task];
  },
};
