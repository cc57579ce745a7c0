/** Relation between the memory that a run needs and the free memory. */
export type MemoryFit = 'fits' | 'tight' | 'short';

/** Share of the free memory above which other programs are affected. */
const comfortable = 0.8;

/** Compares needed and free memory, both in bytes. */
export function memoryFit(needed: number, free: number): MemoryFit {
  if (needed <= free * comfortable) return 'fits';
  return needed <= free ? 'tight' : 'short';
}
