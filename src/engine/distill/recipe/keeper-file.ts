import { z } from 'zod';
import type { Measured } from '../../../core/distill/candidates.ts';
import type { Tensor } from '../../../core/tensor.ts';
import type { KeeperState } from './best-keeper.ts';

/** A keeper's state in a checkpoint: numbers as JSON, vectors as tensors. */
export const keeperNumbers = z.strictObject({
  origin: z.enum(['fitted', 'copy']),
  kept: z.union([z.literal('copy'), z.literal('start'), z.int().positive()]),
  nearest: z.int().nonnegative(),
  falls: z.int().nonnegative(),
  rateScale: z.number().positive(),
  isToldBelow: z.boolean(),
  isOver: z.boolean(),
  wasAbove: z.boolean(),
  checked: z.int().nonnegative(),
});
export type KeeperNumbers = z.infer<typeof keeperNumbers>;

/** States with measurements. */
const measuredStates = ['copy', 'start', 'peak', 'champion'] as const;

export function keeperTensors(state: KeeperState): Map<string, Tensor> {
  const tensors = new Map<string, Tensor>();
  const put = (name: string, data: Float32Array): void => {
    tensors.set(`keeper.${name}`, { shape: [data.length], data });
  };
  const measured = { ...state, champion: state.champion.measured };
  for (const name of measuredStates) {
    put(`${name}.losses`, measured[name].losses);
    if (measured[name].correct) put(`${name}.correct`, measured[name].correct);
  }
  put('nearest.losses', state.nearest.losses);
  put('nearest.adapters', state.nearest.adapters.data);
  if (state.champion.adapters) put('champion.adapters', state.champion.adapters.data);
  return tensors;
}

export function numbersOfKeeper(state: KeeperState): KeeperNumbers {
  const { origin, champion, nearest, falls, rateScale, isToldBelow, isOver, wasAbove, checked } =
    state;
  return {
    origin,
    falls,
    rateScale,
    isToldBelow,
    isOver,
    wasAbove,
    checked,
    kept: champion.kept,
    nearest: nearest.step,
  };
}

/**
 * Restores a keeper's state.
 *
 * @param size size of the adapters
 * @returns undefined if something is missing or inconsistent
 */
export function keeperFrom(
  { kept, nearest, ...numbers }: KeeperNumbers,
  tensors: ReadonlyMap<string, Tensor>,
  size: number,
): KeeperState | undefined {
  const read = (name: string): Tensor | undefined => tensors.get(`keeper.${name}`);
  const measured = new Map<string, Measured>();
  for (const name of measuredStates) {
    const losses = read(`${name}.losses`)?.data;
    if (losses) measured.set(name, { losses, correct: read(`${name}.correct`)?.data ?? null });
  }
  const [copy, start, peak, champion] = measuredStates.map((name) => measured.get(name));
  const nearestLosses = read('nearest.losses')?.data;
  const nearestAdapters = adaptersOf(read('nearest.adapters'), size);
  const championAdapters = adaptersOf(read('champion.adapters'), size);
  if (!copy || !start || !peak || !champion || !nearestLosses || !nearestAdapters) return undefined;
  if (typeof kept === 'number' && !championAdapters) return undefined;
  const all = [copy, start, peak, champion];
  const isAlike =
    all.every(({ losses }) => losses.length === nearestLosses.length) &&
    new Set(all.map(({ correct }) => correct?.length)).size === 1;
  if (!isAlike) return undefined;
  return {
    ...numbers,
    copy,
    start,
    peak,
    champion: { kept, measured: champion, adapters: championAdapters ?? null },
    nearest: { step: nearest, losses: nearestLosses, adapters: nearestAdapters },
  };
}

function adaptersOf(tensor: Tensor | undefined, size: number): Tensor | undefined {
  const isSound =
    tensor?.shape.length === 1 && tensor.shape[0] === size && tensor.data.every(Number.isFinite);
  return isSound ? tensor : undefined;
}
