import type { JobEvent, JobPhase } from '../../contract/jobs.ts';
import { count, duration, megabytes, significant } from '../figures.ts';

export type ProgressEvent = Extract<JobEvent, { type: 'progress' }>;

const phaseNames: Record<JobPhase, string> = {
  sample: 'Drawing images',
  images: 'Reading images',
  fit: 'Fitting kept blocks',
  distill: 'Distilling',
  head: 'Training the heads',
  masks: 'Reading masks',
  decoder: 'Training the decoders',
  timing: 'Measuring speed',
  export: 'Writing files',
  predict: 'Predicting',
  pixels: 'Processing pixels',
  download: 'Downloading',
};

const nameWidth = Math.max(...Object.values(phaseNames).map((name) => name.length));

/** Name of a phase, padded to the width of the longest. */
export function paddedName(phase: JobPhase): string {
  return phaseNames[phase].padEnd(nameWidth);
}

/** Returns the finished share of a phase, in [0, 1]; a phase without work is finished. */
export function shareDone({ done, total }: ProgressEvent): number {
  return total > 0 ? Math.min(1, Math.max(0, done / total)) : 1;
}

/** Available details, the most important first: `1 min 20 s left`, `loss 0.1034`, `148 images/s`. */
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

/** Describes a phase that ended or was interrupted, in one line. */
export function finishedLine(event: ProgressEvent, seconds: number): string {
  const amount = event.phase === 'download' ? megabytes : count;
  const done = `${amount(event.done)} of ${amount(event.total)} in ${duration(seconds)}`;
  return `${paddedName(event.phase)}  ${[done, ...measures(event)].join(', ')}`;
}

/**
 * Returns true if `event` does not continue `last`: another phase, or the same phase again. During an import, the
 * total grows with each volume that is opened.
 */
export function isNewPhase(event: ProgressEvent, last: ProgressEvent | undefined): boolean {
  if (last?.phase !== event.phase) return true;
  if (event.done < last.done || event.total < last.total) return true;
  // The end of a phase may be reported twice.
  const isSameEnd = event.done === last.done && event.total === last.total;
  return last.done >= last.total && !isSameEnd;
}

/** Shows the progress of a job. */
export interface ProgressView {
  show(event: ProgressEvent): void;
  /** Writes lines of text above the shown progress. */
  say(text: string): void;
  /** Writes the final line; nothing is shown after it. */
  close(): void;
}
