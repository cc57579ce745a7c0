import type { DeviceName, DistillOptions, JobEvent } from '../contract/jobs.ts';
import type { Failure } from '../contract/app.ts';
import { firstLine, withoutTrace } from '../contract/failure-text.ts';
import { UserError } from '../core/errors.ts';
import type { Dataset } from './dataset.ts';
import type { TrialOutcome, TrialRequest } from './devices/trial.ts';
import type { KeptOutlines } from './segmentation/kept-outlines.ts';
import type {
  MadeMask,
  PredictImagesOutcome,
  PredictImagesRequest,
} from './segmentation/predict-images.ts';
import type { ScoreOutcome, ScoreRequest } from './score.ts';
import type { Measurement, SpeedRequest } from './speed.ts';
import type { CheckRequest } from './teacher-check.ts';
import type { DistillOutcome, ExpectedTeacher, OutlineOutcome } from './student-outcome.ts';

/**
 * What the engine and a worker say to each other. Both are this program, so types are enough; what a
 * worker reports is checked when it goes on to the window.
 */

/** The first message: what to do. */
export type WorkerTask =
  | {
      readonly kind: 'distill';
      readonly options: DistillOptions;
      readonly teacher: ExpectedTeacher;
      readonly dataset: Dataset;
    }
  | {
      readonly kind: 'outline';
      readonly options: DistillOptions;
      readonly teacher: ExpectedTeacher;
      readonly dataset: KeptOutlines;
      /** Where the masks that were predicted for the test images go. */
      readonly masksFolder: string;
    }
  | { readonly kind: 'predict'; readonly request: PredictImagesRequest }
  | { readonly kind: 'speed'; readonly request: SpeedRequest }
  /** Whether a device is there, and no stand-in. */
  | { readonly kind: 'reach'; readonly device: DeviceName }
  | { readonly kind: 'trial'; readonly request: TrialRequest }
  | { readonly kind: 'score'; readonly request: ScoreRequest }
  /** Whether a teacher was read as it is. */
  | { readonly kind: 'check'; readonly request: CheckRequest };

export type WorkerOrder =
  | { readonly kind: 'task'; readonly task: WorkerTask }
  | { readonly kind: 'stop' }
  /** What was learnt is enough. */
  | { readonly kind: 'finish' };

export type WorkerResult =
  | { readonly kind: 'distill'; readonly outcome: DistillOutcome }
  | { readonly kind: 'outline'; readonly outcome: OutlineOutcome }
  | { readonly kind: 'predict'; readonly outcome: PredictImagesOutcome }
  | { readonly kind: 'speed'; readonly measurement: Measurement }
  | { readonly kind: 'reach'; readonly gigaflops: number }
  | { readonly kind: 'trial'; readonly outcome: TrialOutcome }
  | { readonly kind: 'score'; readonly outcome: ScoreOutcome }
  | { readonly kind: 'check' };

export type WorkerMessage =
  | { readonly kind: 'event'; readonly event: JobEvent }
  /** A part of what is made that can be taken already. */
  | { readonly kind: 'part'; readonly part: MadeMask }
  | { readonly kind: 'result'; readonly result: WorkerResult }
  | { readonly kind: 'failure'; readonly failure: Failure };

/** An error as it crosses a process: a message that a person sees, and details for behind a fold. */
export function failureOf(error: unknown): Failure {
  if (error instanceof UserError) {
    const { message, details: trace } = withoutTrace(error.message);
    const details = [error.details, trace].filter((part) => part !== undefined).join('\n');
    return { code: error.code, message, ...(details === '' ? {} : { details }) };
  }
  const { message, details: whole } = firstLine(
    error instanceof Error ? error.message : String(error),
  );
  const details = error instanceof Error ? (error.stack ?? whole) : whole;
  return {
    code: 'defect',
    message: `Something went wrong inside Understudy: ${message}`,
    ...(details === undefined ? {} : { details }),
  };
}
