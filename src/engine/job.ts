import type { JobEvent, JobPhase } from '../contract/jobs.ts';
import { UserError } from '../core/errors.ts';
import { commonText } from '../text/index.ts';

/** Reporting and cancellation of a job. */
export interface JobContext {
  readonly signal: AbortSignal;
  /** Aborted to end training early; heads, evaluation and export still run. */
  readonly enough?: AbortSignal | undefined;
  report(event: JobEvent): void;
}

/** Throws when the job was cancelled. */
export function throwIfCancelled({ signal }: Pick<JobContext, 'signal'>): void {
  if (signal.aborted) throw new UserError('cancelled', commonText.stopped);
}

/** Yields to timers and signals, because a graph blocks its thread while it computes. */
export function breathe(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

/**
 * Reports the progress of one phase; estimates the time left from the pace since the phase began.
 */
export class PhaseProgress {
  readonly #context: JobContext;
  readonly #phase: JobPhase;
  readonly #total: number;
  readonly #first: number;
  readonly #start = performance.now();

  /** @param first units that an earlier run completed */
  constructor(context: JobContext, phase: JobPhase, total: number, first = 0) {
    this.#context = context;
    this.#phase = phase;
    this.#total = total;
    this.#first = first;
    context.report({ type: 'progress', phase, done: first, total, secondsLeft: null });
  }

  advance(done: number, more: { loss?: number | undefined; imagesPerSecond?: number } = {}): void {
    const seconds = (performance.now() - this.#start) / 1000;
    const fresh = done - this.#first;
    const secondsLeft = fresh > 0 ? (seconds / fresh) * (this.#total - done) : null;
    const { context, phase, total } = {
      context: this.#context,
      phase: this.#phase,
      total: this.#total,
    };
    context.report({ type: 'progress', phase, done, total, secondsLeft, ...more });
  }
}
