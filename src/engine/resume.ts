import { createHash } from 'node:crypto';
import { stat } from 'node:fs/promises';
import type { DistillOptions } from '../contract/jobs.ts';
import { UserError } from '../core/errors.ts';
import { initialAdapters } from '../core/lora/adapters.ts';
import { zeros } from '../core/tensor.ts';
import { mapConcurrently } from '../formats/concurrently.ts';
import type { FoundImage } from '../formats/labelled-images.ts';
import { checkpointPath, hasCheckpoint, loadCheckpoint } from './checkpoint.ts';
import type { JobContext } from './job.ts';
import type { Teacher } from './teacher.ts';
import type { TrainingPlan, TrainingState } from './training.ts';

/** Throws a UserError where a run is to go on from a checkpoint that is not there. */
export async function requireCheckpoint({ resume }: DistillOptions, out: string): Promise<void> {
  if (!resume || (await hasCheckpoint(out))) return;
  throw new UserError(
    'not-found',
    `There is no checkpoint in ${out} to go on from. Start without --resume.`,
  );
}

/** Where training begins: at step 0, or where the checkpoint in `out` was left. */
export async function initialState(
  { resume, seed }: DistillOptions,
  { layout, steps }: TrainingPlan,
  out: string,
  fingerprint: string,
  context: JobContext,
): Promise<TrainingState> {
  const found = await hasCheckpoint(out);
  if (resume) {
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

/**
 * Everything that decides the course of the training, as text. Images count by their content where that is
 * known, else by name and bytes on disk, by which other images under the same names are noticed.
 */
export async function fingerprintOf(
  { preparation, framing }: Pick<DistillOptions, 'preparation' | 'framing'>,
  plan: TrainingPlan,
  { sha256, known: colours, model }: Teacher,
  blocks: readonly number[],
  start: 'fitted' | 'copy',
  recipe: object,
  images: readonly FoundImage[],
): Promise<string> {
  const { steps, batch, peakLearningRate, seed, views, layout } = plan;
  const { imageSize, heads, epsilon, activation } = model.architecture;
  const listed = await mapConcurrently(images, 16, async ({ path, name, contentHash }) => {
    if (contentHash !== undefined) return contentHash;
    const found = await stat(path).catch(() => undefined);
    return `${name} ${found?.size ?? 0}`;
  });
  return JSON.stringify({
    teacher: sha256,
    architecture: { imageSize, heads, epsilon, activation },
    normalization: model.normalization,
    ...(colours && { colours }),
    blocks,
    start,
    rank: layout.rank,
    steps,
    batch,
    peakLearningRate,
    seed,
    views,
    recipe,
    // As they are by default they are not written, as by earlier versions.
    ...(isPlain(preparation) ? {} : { preparation }),
    ...(framing === 'whole' ? {} : { framing }),
    images: createHash('sha256').update(listed.join('\n')).digest('hex'),
  });
}

function isPlain({ bands, range }: DistillOptions['preparation']): boolean {
  return bands === undefined && range === 'auto';
}
