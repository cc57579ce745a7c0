import { roomOf } from '../core/distill/memory.ts';

/*
 * What a distillation keeps in memory besides what it must, by what is free when it begins, bytes.
 */

/** For the teacher's targets; see target-cache. */
export function targetBudget(freeBytes: number): number {
  return Math.min(freeBytes / 4, 4 * 2 ** 30);
}

/**
 * For views and targets on a device of its own memory: a quarter of it and no more than a step leaves, or where it is
 * not known what is left of a small card's beside a large teacher's step.
 *
 * @param cacheBytes for those that the processor keeps
 * @param stepBytes that a step needs
 */
export function deviceTargetBudget(
  cacheBytes: number,
  memoryBytes: number | undefined,
  stepBytes: number,
): number {
  if (memoryBytes === undefined) return Math.min(cacheBytes, 2 ** 30);
  return Math.max(0, Math.min(cacheBytes, memoryBytes / 4, roomOf(memoryBytes) - stepBytes));
}

/** For decoded images; see raster-store. */
export function rasterBudget(freeBytes: number): number {
  return freeBytes / 8;
}
