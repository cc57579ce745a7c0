import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Measured } from '../../core/distill/candidates.ts';
import type { Tensor } from '../../core/tensor.ts';
import { checkpointPath, loadCheckpoint, saveCheckpoint } from './checkpoint.ts';
import type { KeeperState } from './recipe/best-keeper.ts';
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
  rateScale: 0.25,
  momentsFrom: 2,
};
/** A keeper's measurements after step 4, of four views and three labelled images. */
const measured = (loss: number, ...correct: number[]): Measured => ({
  losses: Float32Array.of(loss, loss, loss, loss + 0.5),
  correct: Float32Array.from(correct),
});
const keeper: KeeperState = {
  origin: 'fitted',
  falls: 1,
  rateScale: 0.25,
  isToldBelow: true,
  isOver: false,
  wasAbove: true,
  checked: 4,
  copy: measured(3, 1, 0, 0),
  start: measured(2, 1, 0, 1),
  peak: measured(2, 1, 1, 1),
  champion: { kept: 2, measured: measured(1, 1, 1, 1), adapters: three(4, 5, 6) },
  nearest: { step: 3, losses: Float32Array.of(1, 1, 1, 1), adapters: three(7, 8, 9) },
};
const own = { fingerprint: 'own', size: 3, steps: 6 };

it('is read back unchanged', async () => {
  await saveCheckpoint(folder, 'own', state, 1);
  expect(await loadCheckpoint(folder, own)).toEqual(state);
});

it.each<[string, KeeperState]>([
  ['the state after a step', keeper],
  ['the start', { ...keeper, champion: { ...keeper.champion, kept: 'start', adapters: null } }],
  ['the copy', { ...keeper, champion: { ...keeper.champion, kept: 'copy', adapters: null } }],
])("stores the keeper's state if the best state is %s", async (_, known) => {
  await saveCheckpoint(folder, 'own', { ...state, keeper: known }, 1);
  expect(await loadCheckpoint(folder, own)).toEqual({ ...state, keeper: known });
});

it('is reported as damaged if the best state or its measurement is missing or inconsistent', async () => {
  const { champion, nearest } = keeper;
  const changes: Partial<KeeperState>[] = [
    { champion: { ...champion, adapters: null } },
    { champion: { ...champion, adapters: three(1, 2) } },
    { nearest: { ...nearest, adapters: three(1, NaN, 2) } },
    { start: { ...keeper.start, correct: null } },
    { copy: { ...keeper.copy, losses: new Float32Array(3) } },
  ];
  for (const change of changes) {
    await saveCheckpoint(folder, 'own', { ...state, keeper: { ...keeper, ...change } }, 1);
    await expect(loadCheckpoint(folder, own)).rejects.toThrow(/damaged. Start over/);
  }
});

it.each<[string, Partial<TrainingState>]>([
  ['a step after the last', { step: 7 }],
  ['a NaN value', { mean: three(0, NaN, 0) }],
  ['a negative square', { square: three(0, -1, 0) }],
  ['moments of another size', { mean: three(0, 1) }],
  ['adapters of another size', { parameters: three(1, 2, 3, 4) }],
])('is reported as damaged with %s', async (_, change) => {
  await saveCheckpoint(folder, 'own', { ...state, ...change }, 1);
  await expect(loadCheckpoint(folder, own)).rejects.toThrow(/damaged. Start over/);
});

it('is reported as damaged if it cannot be read', async () => {
  await writeFile(checkpointPath(folder), 'half of it');
  await expect(loadCheckpoint(folder, own)).rejects.toThrow(/damaged. Start over/);
});

it('belongs to another run if the fingerprint differs', async () => {
  await saveCheckpoint(folder, 'other', state, 1);
  await expect(loadCheckpoint(folder, own)).rejects.toThrow(/belongs to a run with another/);
});
