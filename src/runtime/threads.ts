import { readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';

/**
 * Number of threads for numerical work: one per physical core that this process may use. Two threads of
 * one core share its multipliers and slow each other down.
 */
export function defaultThreads(): number {
  return Math.min(availableParallelism(), physicalCores() ?? Infinity);
}

/** Number of physical cores according to the kernel; `undefined` if it does not say. */
function physicalCores(): number | undefined {
  if (process.platform !== 'linux') return undefined;
  try {
    const cores = new Set<string>();
    for (const processor of readFileSync('/proc/cpuinfo', 'utf8').split('\n\n')) {
      const socket = /^physical id\s*:\s*(\d+)/m.exec(processor)?.[1];
      const core = /^core id\s*:\s*(\d+)/m.exec(processor)?.[1];
      if (core !== undefined) cores.add(`${socket}/${core}`);
    }
    return cores.size === 0 ? undefined : cores.size;
  } catch {
    return undefined;
  }
}
