import { rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { UserError } from '../../core/errors.ts';
import { parseJson } from '../../formats/files/json.ts';
import {
  openSafetensors,
  readSafetensors,
  writeSafetensors,
} from '../../formats/safetensors/safetensors.ts';
import { keeperFrom, keeperNumbers, keeperTensors, numbersOfKeeper } from './recipe/keeper-file.ts';
import type { TrainingState } from './training.ts';
import { runCheckpointText } from '../../text/index.ts';

/**
 * Checkpoint of an unfinished run: adapters, moments and progress. Batches depend on the step's number alone, so a
 * resumed run ends with the same bits as an uninterrupted one.
 */

const key = 'understudy.run';
const progressSchema = z.strictObject({
  fingerprint: z.string(),
  step: z.int().nonnegative(),
  firstLoss: z.number(),
  lastLoss: z.number(),
  /** Duration of the run so far; absent in files of earlier versions. */
  seconds: z.number().nonnegative().default(0),
  rateScale: z.number().positive().default(1),
  momentsFrom: z.int().nonnegative().default(0),
  keeper: keeperNumbers.optional(),
});

export function checkpointPath(out: string): string {
  return join(out, 'checkpoint.safetensors');
}

export async function hasCheckpoint(out: string): Promise<boolean> {
  return (await stat(checkpointPath(out)).catch(() => undefined)) !== undefined;
}

/**
 * Progress of the checkpoint in `out`, and its run: step 0 without a checkpoint, undefined if it cannot be read.
 */
export async function checkpointProgress(
  out: string,
): Promise<{ step: number; seconds: number; fingerprint?: string } | undefined> {
  if (!(await hasCheckpoint(out))) return { step: 0, seconds: 0 };
  try {
    const file = await openSafetensors(checkpointPath(out));
    await file.close();
    return progressSchema.safeParse(parseJson(file.metadata[key])).data;
  } catch {
    return undefined;
  }
}

/**
 * Writes a checkpoint.
 *
 * @param fingerprint text of everything that determines the run's course
 * @param seconds duration of the run so far, in all its parts
 */
export async function saveCheckpoint(
  out: string,
  fingerprint: string,
  state: TrainingState,
  seconds: number,
): Promise<void> {
  const { parameters, mean, square, keeper, ...numbers } = state;
  const progress = JSON.stringify({
    fingerprint,
    ...numbers,
    seconds,
    keeper: keeper && numbersOfKeeper(keeper),
  });
  await writeSafetensors(
    checkpointPath(out),
    new Map([
      ['adapters', parameters],
      ['mean', mean],
      ['square', square],
      ...(keeper ? keeperTensors(keeper) : []),
    ]),
    { metadata: { [key]: progress } },
  );
}

/**
 * Reads the checkpoint of a run.
 *
 * @param expected fingerprint of the run, size of its adapters and number of steps
 * @throws UserError if the checkpoint is damaged or belongs to another run
 */
export async function loadCheckpoint(
  out: string,
  { fingerprint, size, steps }: { fingerprint: string; size: number; steps: number },
): Promise<TrainingState> {
  const path = checkpointPath(out);
  const damaged = (details?: string): UserError =>
    new UserError('invalid-file', runCheckpointText.damaged(path), details);
  const { tensors, metadata } = await readSafetensors(path).catch((error: unknown) => {
    const isContent = error instanceof UserError && error.code === 'invalid-file';
    throw isContent ? damaged(error.message) : error;
  });
  const progress = progressSchema.safeParse(parseJson(metadata[key]));
  const [adapters, mean, square] = ['adapters', 'mean', 'square'].map((name) => tensors.get(name));
  if (!progress.success || !adapters || !mean || !square) throw damaged();
  const isOwn = progress.data.fingerprint === fingerprint;
  const isSound =
    [adapters, mean, square].every(
      ({ shape, data }) => shape.length === 1 && shape[0] === size && data.every(Number.isFinite),
    ) && square.data.every((value) => value >= 0);
  if (isOwn && (!isSound || progress.data.step > steps)) throw damaged();
  if (!isOwn) {
    throw new UserError(
      'invalid-option',
      runCheckpointText.otherRun(path),
      `${progress.data.fingerprint}\n${fingerprint}`,
    );
  }
  const { step, firstLoss, lastLoss, rateScale, momentsFrom, keeper } = progress.data;
  const kept = keeper && keeperFrom(keeper, tensors, size);
  if ((keeper && !kept) || momentsFrom > step) throw damaged();
  return {
    step,
    parameters: adapters,
    mean,
    square,
    firstLoss,
    lastLoss,
    rateScale,
    momentsFrom,
    keeper: kept,
  };
}

/**
 * Returns the path of the decoders trained after the checkpoint, in segmentation runs; see
 * segmentation/kept-decoders.
 */
export function decodersPath(out: string): string {
  return join(out, 'decoders.safetensors');
}

/** Deletes the checkpoint and the decoders trained after it. */
export async function removeCheckpoint(out: string): Promise<void> {
  await rm(checkpointPath(out), { force: true });
  await rm(decodersPath(out), { force: true });
}
