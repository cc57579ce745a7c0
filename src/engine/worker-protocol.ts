import type { DistillOptions, JobEvent } from '../contract/jobs.ts';
import type { Failure } from '../contract/app.ts';
import { UserError } from '../core/errors.ts';
import type { Dataset } from './dataset.ts';
import type { DistillOutcome } from './distill.ts';
import type { ScoreOutcome, ScoreRequest } from './score.ts';
import type { Measurement, SpeedRequest } from './speed.ts';

/**
 * What the engine and a worker say to each other. Both are this program, so types are enough; what a
 * worker reports is checked when it goes on to the window.
 */

/** The first message: what to do. */
export type WorkerTask =
  | { readonly kind: 'distill'; readonly options: DistillOptions; readonly dataset: Dataset }
  | { readonly kind: 'speed'; readonly request: SpeedRequest }
  | { readonly kind: 'score'; readonly request: ScoreRequest };

export type WorkerOrder =
  | { readonly kind: 'task'; readonly task: WorkerTask }
  | { readonly kind: 'stop' }
  /** What was learnt is enough. */
  | { readonly kind: 'finish' };

export type WorkerResult =
  | { readonly kind: 'distill'; readonly outcome: DistillOutcome }
  | { readonly kind: 'speed'; readonly measurement: Measurement }
  | { readonly kind: 'score'; readonly outcome: ScoreOutcome };

export type WorkerMessage =
  | { readonly kind: 'event'; readonly event: JobEvent }
  | { readonly kind: 'result'; readonly result: WorkerResult }
  | { readonly kind: 'failure'; readonly failure: Failure };

/** An error as it crosses a process. */
export function failureOf(error: unknown): Failure {
  if (error instanceof UserError) {
    const { code, message, details } = error;
    return { code, message, ...(details === undefined ? {} : { details }) };
  }
  const message = error instanceof Error ? error.message : String(error);
  const details = error instanceof Error ? error.stack : undefined;
  return {
    code: 'defect',
    message: `Something went wrong inside Understudy: ${message}`,
    ...(details === undefined ? {} : { details }),
  };
}
