import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Tensor } from '../core/tensor.ts';
import { checkpointPath, loadCheckpoint, saveCheckpoint } from './checkpoint.ts';
import type { TrainingState } from './training.ts';

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'understudy-checkpoint-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const three = (...values: number[]): Tensor => ({
  shape: [values.length],
  data: Float32Array.from(values),
});
const state: TrainingState = {
  step: 4,
  parameters: three(1, -2, 3),
  mean: three(0, -0.5, 0),
  square: three(0, 1, 0.25),
  firstLoss: 2,
  lastLoss: 1,
};
const own = { fingerprint: 'own', size: 3, steps: 6 };

it('goes on from what was kept', async () => {
  await saveCheckpoint(folder, 'own', state, 1);
  expect(await loadCheckpoint(folder, own)).toEqual(state);
});

it.each<[string, Partial<TrainingState>]>([
  ['a step after the last', { step: 7 }],
  ['what is no number', { mean: three(0, NaN, 0) }],
  ['a negative square', { square: three(0, -1, 0) }],
  ['moments of another size', { mean: three(0, 1) }],
  ['adapters of another size', { parameters: three(1, 2, 3, 4) }],
])('is damaged with %s', async (_, change) => {
  await saveCheckpoint(folder, 'own', { ...state, ...change }, 1);
  await expect(loadCheckpoint(folder, own)).rejects.toThrow(/damaged. Start afresh/);
});

it('is damaged when it cannot be read', async () => {
  await writeFile(checkpointPath(folder), 'half of it');
  await expect(loadCheckpoint(folder, own)).rejects.toThrow(/damaged. Start afresh/);
});

it('is another run’s with another fingerprint', async () => {
  await saveCheckpoint(folder, 'other', state, 1);
  await expect(loadCheckpoint(folder, own)).rejects.toThrow(/belongs to a run with another/);
});
