import type { DistillOptions } from '../../contract/jobs.ts';
import { UserError } from '../../core/errors.ts';
import { initialAdapters } from '../../core/vit/adapters.ts';
import { zeros } from '../../core/tensor.ts';
import { unlessAborted } from '../../formats/files/unless-aborted.ts';
import { checkpointPath, checkpointProgress, hasCheckpoint, loadCheckpoint } from './checkpoint.ts';
import type { RunFingerprint } from './fingerprint.ts';
import type { JobContext } from '../job.ts';
import type { TrainingState } from './training.ts';
import type { TrainingPlan } from './training-plan.ts';
import { runCheckpointText } from '../../text/index.ts';

/** Notes that a resumed run has no checkpoint yet, and so starts from the beginning. */
export async function noteNoCheckpoint(
  { resume }: DistillOptions,
  out: string,
  context: JobContext,
): Promise<void> {
  if (!resume || (await hasCheckpoint(out))) return;
  context.report({ type: 'notice', message: runCheckpointText.none(out) });
}

/** Returns the initial state of the training: step 0, or the checkpoint in `out`. */
export async function initialState(
  { resume, seed }: DistillOptions,
  { layout, steps }: Pick<TrainingPlan, 'layout' | 'steps'>,
  out: string,
  run: RunFingerprint,
  context: JobContext,
): Promise<TrainingState> {
  const found = await hasCheckpoint(out);
  if (resume && found) {
    const fingerprint = await expectedFingerprint(out, run, context);
    const state = await loadCheckpoint(out, { fingerprint, size: layout.size, steps });
    context.report({ type: 'notice', message: runCheckpointText.continued(state.step) });
    return state;
  }
  if (found) {
    context.report({ type: 'notice', message: runCheckpointText.replaced(checkpointPath(out)) });
  }
  return {
    step: 0,
    parameters: { shape: [layout.size], data: initialAdapters(layout, seed) },
    mean: zeros([layout.size]),
    square: zeros([layout.size]),
    firstLoss: 0,
    lastLoss: 0,
  };
}

/** Returns the fingerprint of the run; that of an earlier version if the checkpoint has it. */
async function expectedFingerprint(
  out: string,
  run: RunFingerprint,
  context: JobContext,
): Promise<string> {
  const own = await unlessAborted(run.own, context.signal);
  const kept = (await checkpointProgress(out))?.fingerprint;
  if (kept === undefined || kept === own) return own;
  const former = await run.former();
  if (kept !== former) return own;
  context.report({
    type: 'notice',
    message: runCheckpointText.earlierVersion(checkpointPath(out)),
  });
  return former;
}

/**
 * Returns the error of a stopped run.
 *
 * @param hasNew true if the checkpoint is this run's, because it made progress
 */
export function runStopped(out: string, { step }: TrainingState, hasNew: boolean): UserError {
  if (!hasNew) return new UserError('cancelled', runCheckpointText.stoppedAtOnce);
  return new UserError('cancelled', runCheckpointText.stopped(checkpointPath(out), step));
}

/** Adds to a failure of the disk where the last checkpoint is; other errors stay as they are. */
export async function withCheckpoint(error: unknown, out: string): Promise<unknown> {
  if (!(error instanceof UserError) || error.code !== 'disk') return error;
  const { step = 0 } = (await checkpointProgress(out)) ?? {};
  if (step === 0) return error;
  return new UserError(
    'disk',
    runCheckpointText.keptAfter(error.message, { path: checkpointPath(out), step }),
    error.details,
  );
}
