import { join } from 'node:path';
import type { DistillSummary } from '../../contract/results.ts';
import { UserError } from '../../core/errors.ts';
import { writeFileAtomically } from '../../formats/files/write-file.ts';
import { runStopped } from './resume.ts';
import type { TrainingResult } from './training.ts';
import type { StudentJob } from './student-task.ts';

export const summaryName = 'summary.json';

/**
 * Finishes a trained student and publishes its files with a summary. On failure the checkpoint stays.
 */
export async function deliver<T extends { readonly summary: DistillSummary }>(
  { output, context }: StudentJob,
  { state }: Pick<TrainingResult, 'state'>,
  finish: () => Promise<T>,
): Promise<T> {
  try {
    const outcome = await finish();
    const { summary } = outcome;
    const text = `${JSON.stringify(summary, undefined, 2)}\n`;
    await writeFileAtomically(join(output.staging, summaryName), new TextEncoder().encode(text));
    await output.publish(summary.files.map((file) => file.slice(output.path.length + 1)));
    return outcome;
  } catch (error) {
    const isCancelled = error instanceof UserError && error.code === 'cancelled';
    throw isCancelled && context.signal.aborted ? runStopped(output.path, state, true) : error;
  }
}

/** Returns the duration so far, in all parts of an interrupted run, seconds. */
export function secondsOf({ start }: Pick<StudentJob, 'start'>): number {
  return (performance.now() - start) / 1000;
}
