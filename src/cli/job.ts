import type { JobEvent } from '../contract/jobs.ts';
import { UserError } from '../engine/errors.ts';
import type { JobContext } from '../engine/job.ts';
import { type Paint, paintFor } from './paint.ts';
import { progressView, reporter } from './progress/view.ts';
import { type SkippedFile, skippedList } from './report/skipped.ts';
import { listenForStop } from './stop.ts';
import { exitCodes, type World } from './world.ts';

/** A command that takes a while. */
export interface Job<Result extends object> {
  readonly json: boolean;
  work(context: JobContext): Promise<Result>;
  /** The result for people. */
  readonly report: (result: Result, paint: Paint) => string;
  /** Files that the result says were left out. */
  skipped(result: Result): readonly SkippedFile[];
}

/** Runs a job: shows how far it is, stops it on Ctrl-C, writes its result to stdout. */
export async function runJob<Result extends object>(world: World, job: Job<Result>): Promise<void> {
  const view = job.json ? undefined : progressView(world);
  const report = reporter(world, view);
  const skipped = new Map<string, SkippedFile>();
  const stop = new AbortController();
  const say = (text: string): void => {
    if (view === undefined) world.stderr.write(`${text}\n`);
    else view.say(text);
  };
  const stopListening = listenForStop(world.signals, {
    stop: () => {
      stop.abort();
      world.stopHeard();
      say('Stopping after this step; press Ctrl-C again to stop at once.');
    },
    stopNow: () => {
      view?.close();
      if (job.json) {
        const error = { code: 'cancelled', message: 'Stopped at once.' };
        world.stdout.write(`${JSON.stringify({ error })}\n`);
      }
      world.exit(exitCodes.cancelled);
    },
    now: () => world.now(),
  });
  const signal = AbortSignal.any([stop.signal, world.readerGone]);
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
    writeResult(world, job.json, result, job.report);
  } catch (error) {
    throw signal.aborted ? asCancelled(error) : error;
  } finally {
    view?.close();
    stopListening();
    if (view !== undefined) world.stderr.write(skippedList([...skipped.values()]));
  }
}

/** Writes a result to stdout: one line of JSON, or the text of `report`. */
export function writeResult<Result extends object>(
  world: World,
  json: boolean,
  result: Result,
  report: (result: Result, paint: Paint) => string,
): void {
  const text = json ? JSON.stringify(result) : report(result, paintFor(world.stdout, world.env));
  world.stdout.write(`${text}\n`);
}

/** Some functions of the platform throw an error of their own when their signal is aborted. */
function asCancelled(error: unknown): unknown {
  const isAbort = error instanceof Error && error.name === 'AbortError';
  return isAbort ? new UserError('cancelled', 'Stopped.') : error;
}
