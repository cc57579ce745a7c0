import type { DistillOptions } from '../contract/jobs.ts';
import { UserError } from '../core/errors.ts';
import { initialAdapters } from '../core/lora/adapters.ts';
import { zeros } from '../core/tensor.ts';
import { unlessAborted } from '../formats/unless-aborted.ts';
import { checkpointPath, checkpointProgress, hasCheckpoint, loadCheckpoint } from './checkpoint.ts';
import type { RunFingerprint } from './fingerprint.ts';
import type { JobContext } from './job.ts';
import type { TrainingState } from './training.ts';
import type { TrainingPlan } from './training-plan.ts';

/** Says so where a run is to go on but was stopped before its first checkpoint: it then begins anew. */
export async function noteNoCheckpoint(
  { resume }: DistillOptions,
  out: string,
  context: JobContext,
): Promise<void> {
  if (!resume || (await hasCheckpoint(out))) return;
  const message = `There is no checkpoint in ${out} yet, so the run starts from the beginning.`;
  context.report({ type: 'notice', message });
}

/** Where training begins: at step 0, or where the checkpoint in `out` was left. */
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
    context.report({ type: 'notice', message: `Going on after step ${state.step}.` });
    return state;
  }
  if (found) {
    context.report({
      type: 'notice',
      message: `${checkpointPath(out)} is left from an interrupted run, which --resume would go on with; this run starts afresh and will replace it.`,
    });
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

/** The run's own, or what an earlier version would have called it where the checkpoint has that. */
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
    message: `${checkpointPath(out)} is of an earlier version, which knew images by name and size alone. If others were put in their place meanwhile, start afresh without --resume.`,
  });
  return former;
}

/**
 * What to throw when a run was stopped after so many steps.
 *
 * @param hasNew whether it has learnt anything, so that the checkpoint is its own
 */
export function stopped(out: string, { step }: TrainingState, hasNew: boolean): UserError {
  if (!hasNew) return new UserError('cancelled', 'Stopped before a step was done.');
  return new UserError(
    'cancelled',
    `Stopped after step ${step}. What was learnt is in ${checkpointPath(out)}; run the same command with --resume to go on.`,
  );
}

/** A failure of the disk, with what is not lost by it; other errors as they are. */
export async function withCheckpoint(error: unknown, out: string): Promise<unknown> {
  if (!(error instanceof UserError) || error.code !== 'disk') return error;
  const { step = 0 } = (await checkpointProgress(out)) ?? {};
  if (step === 0) return error;
  return new UserError(
    'disk',
    `${error.message} What was learnt up to step ${step} is in ${checkpointPath(out)}: run the same command with --resume to go on from there.`,
    error.details,
  );
}
