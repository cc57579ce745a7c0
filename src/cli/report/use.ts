import type { Cause, Remedy, Use } from '../../contract/usefulness.ts';
import { deliveredOf } from '../../contract/judgement.ts';
import type { DistillSummary, Interval } from '../../contract/results.ts';
import { deliveryText } from '../../text/index.ts';
import { counted, percent, percentInterval, shareInterval } from '../figures.ts';

type Task = 'classes' | 'outlines';

/** Names the delivered model if training did not improve it; `isCopy` tells that it is the untrained copy. */
export function delivered(summary: DistillSummary, isCopy: string): string[] {
  const what = deliveredOf(summary);
  if (what === 'copy') return [isCopy];
  return what === 'fitted' ? [deliveryText.isFitted] : [];
}

/** Recommends the untrained copy if it did better on the test images. */
export function recommendation({ recommended }: Use): string[] {
  return recommended === 'copy'
    ? ['The untrained copy is recommended: its files are next to those of the student.']
    : [];
}

/** Explains why a student is not usable, and what to do next. */
export function reasons({ causes, remedies }: Use, task: Task): string[] {
  return [
    ...causes.map((cause) => causeText(cause, task)),
    `What to do next: ${remedies.map((remedy) => remedyText(remedy, task)).join('; ')}.`,
  ];
}

function causeText(cause: Cause, task: Task): string {
  switch (cause.kind) {
    case 'teacher':
      return `Its teacher does not do well on these images: ${quality(cause.quality, task)}; ${task === 'classes' ? percent(cause.baseline) : cause.baseline.toFixed(3)} can be reached without a model.`;
    case 'steps':
      return `It was distilled for only ${counted(cause.steps, 'step')}; the default is ${cause.usual}.`;
    case 'decoderSteps':
      return `Its decoder was trained for only ${counted(cause.steps, 'step')}; the default is ${cause.usual}.`;
    case 'labelled':
      return `Its ${task === 'classes' ? 'head' : 'decoder'} was trained on only ${counted(cause.images, task === 'classes' ? 'labelled image' : 'image with a mask', task === 'classes' ? 'labelled images' : 'images with masks')}.`;
    case 'tested':
      return `Only ${counted(cause.images, 'test image')}: with so few, even a good student is hard to distinguish from guessing.`;
  }
}

function quality(interval: Interval, task: Task): string {
  return task === 'classes'
    ? `an accuracy of ${percentInterval(interval)}`
    : `a mean Dice of ${shareInterval(interval)}`;
}

function remedyText(remedy: Remedy, task: Task): string {
  const isClasses = task === 'classes';
  const words: Record<Remedy, string> = {
    copy: 'use the untrained copy (its files are next to those of the student)',
    steps: isClasses ? 'use more --steps' : 'use more --steps and --decoder-steps',
    label: isClasses ? 'label more images' : 'outline more images',
    adapt: 'add --adapt to fine-tune the student on the masks',
    blocks: 'use a smaller --skip',
    teacher: 'choose a teacher from your own field, or check the labels',
  };
  return words[remedy];
}
