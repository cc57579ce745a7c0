/** How a run's need of memory stands to what is free. */
export type MemoryFit = 'fits' | 'tight' | 'short';

/** Beyond this share of the free memory other programs will notice. */
const comfortable = 0.8;

/** Both in bytes. */
export function memoryFit(needed: number, free: number): MemoryFit {
  if (needed <= free * comfortable) return 'fits';
  return needed <= free ? 'tight' : 'short';
}
