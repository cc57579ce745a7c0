import { usableMemory } from '../../core/distill/memory.ts';

/** Returns the budget for cached teacher targets; see target-cache. */
export function targetBudget(freeBytes: number): number {
  return Math.min(freeBytes / 4, 4 * 2 ** 30);
}

/**
 * Returns the budget for views and targets in a device's own memory, bytes: at most a quarter of the memory and at
 * most what a step leaves free. If the memory is unknown, 1 GiB: what a large teacher's step leaves on a small card.
 *
 * @param cacheBytes budget of the cache in the processor's memory
 * @param stepBytes memory that a step needs
 */
export function deviceTargetBudget(
  cacheBytes: number,
  memoryBytes: number | undefined,
  stepBytes: number,
): number {
  if (memoryBytes === undefined) return Math.min(cacheBytes, 2 ** 30);
  return Math.max(0, Math.min(cacheBytes, memoryBytes / 4, usableMemory(memoryBytes) - stepBytes));
}

/** Returns the budget for decoded images, bytes; see raster-store. */
export function rasterBudget(freeBytes: number): number {
  return freeBytes / 8;
}
