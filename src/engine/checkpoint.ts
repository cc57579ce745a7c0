import { rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { UserError } from '../core/errors.ts';
import { parseJson } from '../formats/json.ts';
import { openSafetensors, readSafetensors, writeSafetensors } from '../formats/safetensors.ts';
import type { TrainingState } from './training.ts';

/**
 * An unfinished run on disk: adapters, moments and how far it came. Batches depend on the step's number
 * alone, so a run that goes on from here ends with the same bits as one that was never interrupted.
 */

const key = 'understudy.run';
const progressSchema = z.strictObject({
  fingerprint: z.string(),
  step: z.int().nonnegative(),
  firstLoss: z.number(),
  lastLoss: z.number(),
});

export function checkpointPath(out: string): string {
  return join(out, 'checkpoint.safetensors');
}

export async function hasCheckpoint(out: string): Promise<boolean> {
  return (await stat(checkpointPath(out)).catch(() => undefined)) !== undefined;
}

/** Steps done by the checkpoint in `out`: 0 without one, undefined where it cannot be read. */
export async function checkpointStep(out: string): Promise<number | undefined> {
  if (!(await hasCheckpoint(out))) return 0;
  try {
    const file = await openSafetensors(checkpointPath(out));
    await file.close();
    return progressSchema.safeParse(parseJson(file.metadata[key])).data?.step;
  } catch {
    return undefined;
  }
}

/** @param fingerprint what decides the run's course, as text */
export async function saveCheckpoint(
  out: string,
  fingerprint: string,
  state: TrainingState,
): Promise<void> {
  const { adapters, mean, square, step, firstLoss, lastLoss } = state;
  const progress = JSON.stringify({ fingerprint, step, firstLoss, lastLoss });
  await writeSafetensors(
    checkpointPath(out),
    new Map([
      ['adapters', adapters],
      ['mean', mean],
      ['square', square],
    ]),
    { metadata: { [key]: progress } },
  );
}

/** @throws UserError when the checkpoint is damaged or belongs to another run */
export async function loadCheckpoint(
  out: string,
  fingerprint: string,
  size: number,
): Promise<TrainingState> {
  const path = checkpointPath(out);
  const { tensors, metadata } = await readSafetensors(path);
  const progress = progressSchema.safeParse(parseJson(metadata[key]));
  const [adapters, mean, square] = ['adapters', 'mean', 'square'].map((name) => tensors.get(name));
  if (!progress.success || !adapters || !mean || !square) {
    throw new UserError(
      'invalid-file',
      `${path} is no checkpoint of a run. Start afresh without --resume.`,
    );
  }
  if (progress.data.fingerprint !== fingerprint || adapters.shape[0] !== size) {
    throw new UserError(
      'invalid-option',
      `${path} belongs to a run with another teacher, other images or other options. Use the same ones to go on, or start afresh without --resume.`,
      `${progress.data.fingerprint}\n${fingerprint}`,
    );
  }
  const { step, firstLoss, lastLoss } = progress.data;
  return { step, adapters, mean, square, firstLoss, lastLoss };
}

export async function removeCheckpoint(out: string): Promise<void> {
  await rm(checkpointPath(out), { force: true });
}
