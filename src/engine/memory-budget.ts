/*
 * What a distillation keeps in memory besides what it must, by what is free when it begins, bytes.
 */

/** For the teacher's targets; see target-cache. */
export function targetBudget(freeBytes: number): number {
  return Math.min(freeBytes / 4, 4 * 2 ** 30);
}

/**
 * For views and targets on a device of its own memory: a quarter of it, or where it is not known what is left of a small
 * card's beside a large teacher's step.
 *
 * @param cacheBytes for those that the processor keeps
 */
export function deviceTargetBudget(cacheBytes: number, memoryBytes: number | undefined): number {
  return Math.min(cacheBytes, memoryBytes === undefined ? 2 ** 30 : memoryBytes / 4);
}

/** For decoded images; see raster-store. */
export function rasterBudget(freeBytes: number): number {
  return freeBytes / 8;
}
