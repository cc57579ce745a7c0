import { readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';

/**
 * Threads for numerical work: one a physical core, as far as this process may use them. Two threads of
 * one core share its multipliers and only disturb each other.
 */
export function defaultThreads(): number {
  return Math.min(availableParallelism(), physicalCores() ?? Infinity);
}

/** Physical cores by the kernel's account; `undefined` where it gives none. */
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
