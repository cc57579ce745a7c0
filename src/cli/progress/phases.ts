import type { JobEvent, JobPhase } from '../../contract/jobs.ts';
import { count, duration, megabytes, significant } from '../figures.ts';

export type ProgressEvent = Extract<JobEvent, { type: 'progress' }>;

const phaseNames: Record<JobPhase, string> = {
  sample: 'Drawing the sample',
  images: 'Reading images',
  fit: 'Fitting the start',
  distill: 'Distilling',
  head: 'Training the heads',
  masks: 'Reading masks',
  decoder: 'Training the decoders',
  timing: 'Measuring speed',
  export: 'Writing files',
  predict: 'Predicting',
  pixels: 'Going through pixels',
  download: 'Downloading',
};

const nameWidth = Math.max(...Object.values(phaseNames).map((name) => name.length));

/** The name of a phase, padded so that what follows lines up. */
export function paddedName(phase: JobPhase): string {
  return phaseNames[phase].padEnd(nameWidth);
}

/** How far a phase is, in [0, 1]; one without work is done. */
export function shareDone({ done, total }: ProgressEvent): number {
  return total > 0 ? Math.min(1, Math.max(0, done / total)) : 1;
}

/** `1 min 20 s left`, `loss 0.1034`, `148 images/s`: what is known, the most wanted first. */
export function details(event: ProgressEvent): string[] {
  const { secondsLeft } = event;
  const isLeft = secondsLeft !== null && shareDone(event) < 1;
  return [...(isLeft ? [`${duration(secondsLeft)} left`] : []), ...measures(event)];
}

function measures({ loss, imagesPerSecond }: ProgressEvent): string[] {
  return [
    ...(loss === undefined ? [] : [`loss ${loss.toFixed(4)}`]),
    ...(imagesPerSecond === undefined ? [] : [`${significant(imagesPerSecond)} images/s`]),
  ];
}

/** One line for a phase that is over or was left. */
export function finishedLine(event: ProgressEvent, seconds: number): string {
  const amount = event.phase === 'download' ? megabytes : count;
  const done = `${amount(event.done)} of ${amount(event.total)} in ${duration(seconds)}`;
  return `${paddedName(event.phase)}  ${[done, ...measures(event)].join(', ')}`;
}

/**
 * True where `event` does not go on from `last`: another phase, or the same one once more. While a folder
 * comes in, there is more to do with each volume that is opened.
 */
export function isNewPhase(event: ProgressEvent, last: ProgressEvent | undefined): boolean {
  if (last?.phase !== event.phase) return true;
  if (event.done < last.done || event.total < last.total) return true;
  // The end of a phase may be told twice.
  const isSameEnd = event.done === last.done && event.total === last.total;
  return last.done >= last.total && !isSameEnd;
}

/** Shows how far a job is. */
export interface ProgressView {
  show(event: ProgressEvent): void;
  /** Writes lines of text without spoiling what is shown. */
  say(text: string): void;
  /** Leaves the output as it should stay; nothing is shown after it. */
  close(): void;
}
