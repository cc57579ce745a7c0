import { cpus } from 'node:os';
import type { DeviceName } from '../contract/jobs.ts';
import { defaultThreads } from '../runtime/threads.ts';

// What other programs take while something is timed.

/** Share of the processors that must have been free for a measurement to be kept. */
export const undisturbed = 0.85;

/**
 * Begins to count; what it returns tells the share of the processors that others left, (0, 1].
 *
 * @param threads that are needed
 */
export function watchOthers(threads = defaultThreads()): () => number {
  const start = { at: performance.now(), busy: busyTime(), own: process.cpuUsage() };
  return () => {
    const { user, system } = process.cpuUsage(start.own);
    const elapsed = performance.now() - start.at;
    const others = (busyTime() - start.busy - (user + system) / 1000) / elapsed;
    // Processors beyond those that are needed may be busy.
    return Math.min(Math.max((cpus().length - others) / threads, 0.05), 1);
  };
}

/**
 * The share of a device that a time measured on it is multiplied by, so that it is one with nothing else to do. Beside
 * other work that took half to four fifths of two processors, a step measured three to seven times as long as alone, and
 * so corrected 1.1 to 1.9 times. What is left of the processors says nothing of a GPU.
 */
export function shareOf(device: DeviceName, free: number): number {
  return device === 'cpu' ? free : 1;
}

/** Of all processors together, ms. */
function busyTime(): number {
  return cpus().reduce(
    (sum, { times: { user, nice, sys, irq } }) => sum + user + nice + sys + irq,
    0,
  );
}
