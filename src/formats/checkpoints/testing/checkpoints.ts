import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect } from 'vitest';
import type { TeacherOverrides } from '../../../contract/jobs.ts';
import { UserError } from '../../../core/errors.ts';
import type { Tensor } from '../../../core/tensor.ts';
import { imageNetNormalization } from '../../../core/vit/architecture.ts';
import { writeSafetensors } from '../../safetensors/safetensors.ts';

export type Tensors = ReadonlyMap<string, Tensor>;

interface CheckpointFolder {
  /** Set once a test begins. */
  readonly path: string;
  /** Writes a checkpoint in place of an earlier one and returns its path. */
  readonly store: (
    tensors: Tensors,
    metadata?: Readonly<Record<string, string>>,
  ) => Promise<string>;
}

/** A folder for a checkpoint and the files next to it, new for each test. */
export function checkpointFolder(): CheckpointFolder {
  let path = '';
  beforeEach(async () => {
    path = await mkdtemp(join(tmpdir(), 'understudy-checkpoint-'));
  });
  afterEach(() => rm(path, { recursive: true }));
  return {
    get path() {
      return path;
    },
    store: async (tensors, metadata = {}) => {
      const file = join(path, 'model.safetensors');
      await writeSafetensors(file, tensors, { metadata });
      return file;
    },
  };
}

export const without = (tensors: Tensors, ...names: string[]): Tensors =>
  new Map([...tensors].filter(([name]) => !names.includes(name)));

/** Two heads, which the files of most tests do not state. */
export const heads: TeacherOverrides = { heads: 2 };

export const imageNet = {
  mean: [...imageNetNormalization.mean],
  deviation: [...imageNetNormalization.deviation],
};

/** Returns the error that the promise rejects with, which must be a `UserError`. */
export async function rejectionOf(promise: Promise<unknown>): Promise<UserError> {
  const error = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(UserError);
  return error as UserError;
}
