import type { JobEvent } from '../contract/jobs.ts';
import type { SkippedImage } from '../contract/results.ts';
import { UserError } from '../engine/errors.ts';
import type { JobContext } from '../engine/job.ts';
import { commonText } from '../text/index.ts';
import { type TextStyles, stylesFor } from './text-styles.ts';
import { progressView, reporter } from './progress/view.ts';
import { skippedList } from './report/skipped.ts';
import { listenForStop } from './stop.ts';
import { exitCodes, type Environment } from './environment.ts';

/** A command that shows progress and can be stopped. */
export interface Job<Result extends object> {
  readonly json: boolean;
  work(context: JobContext): Promise<Result>;
  /** Formats the result for users. */
  readonly report: (result: Result, paint: TextStyles) => string;
  /** Files and folders that the result lists as left out. */
  skipped(result: Result): readonly SkippedImage[];
  /** Returns true if something the user asked for has no result, which sets the exit code; false by default. */
  isPartly?(result: Result): boolean;
}

/** Thrown after the result of a partly done job is written: it sets the exit code. */
export class PartlyDone extends Error {}

/**
 * Runs a job: shows its progress, stops it on Ctrl-C, writes its result to stdout.
 *
 * @throws `PartlyDone` at the end if `isPartly`
 */
export async function runJob<Result extends object>(
  environment: Environment,
  job: Job<Result>,
): Promise<void> {
  const view = job.json ? undefined : progressView(environment);
  const report = reporter(environment, view);
  const skipped = new Map<string, SkippedImage>();
  const stop = new AbortController();
  const say = (text: string): void => {
    if (view === undefined) environment.stderr.write(`${text}\n`);
    else view.say(text);
  };
  const stopListening = listenForStop(environment.signals, {
    stop: () => {
      stop.abort();
      environment.stopHeard();
      say('Stopping after this step; press Ctrl-C again to stop at once.');
    },
    stopNow: () => {
      view?.close();
      if (job.json) {
        const error = { code: 'cancelled', message: 'Stopped at once.' };
        environment.stdout.write(`${JSON.stringify({ error })}\n`);
      }
      environment.exit(exitCodes.cancelled);
    },
    now: () => environment.now(),
  });
  const signal = AbortSignal.any([stop.signal, environment.readerGone]);
  let isPartly: boolean;
  try {
    const result = await job.work({
      signal,
      report: (event: JobEvent) => {
        if (event.type === 'skipped') skipped.set(event.path, event);
        report(event);
      },
    });
    for (const file of job.skipped(result)) skipped.set(file.path, file);
    view?.close();
    writeResult(environment, job.json, result, job.report);
    isPartly = job.isPartly?.(result) === true;
  } catch (error) {
    throw signal.aborted ? asCancelled(error) : error;
  } finally {
    view?.close();
    stopListening();
    if (view !== undefined) environment.stderr.write(skippedList([...skipped.values()]));
  }
  if (isPartly) throw new PartlyDone();
}

/** Writes a result to stdout: one line of JSON, or the text of `report`. */
export function writeResult<Result extends object>(
  environment: Environment,
  json: boolean,
  result: Result,
  report: (result: Result, paint: TextStyles) => string,
): void {
  const text = json
    ? JSON.stringify(result)
    : report(result, stylesFor(environment.stdout, environment.env));
  environment.stdout.write(`${text}\n`);
}

/** Converts the AbortError that platform functions throw when their signal is aborted. */
function asCancelled(error: unknown): unknown {
  const isAbort = error instanceof Error && error.name === 'AbortError';
  return isAbort ? new UserError('cancelled', commonText.stopped) : error;
}
