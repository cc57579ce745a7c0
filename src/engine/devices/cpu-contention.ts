import { cpus } from 'node:os';
import type { DeviceName } from '../../contract/jobs.ts';
import { defaultThreads } from '../../runtime/threads.ts';

// CPU use by other programs during a measurement.

/** Share of the processors that must have been free for a measurement to be kept. */
export const undisturbed = 0.85;

/**
 * Starts measuring the load of other programs; the returned function gives the share of the processors left free, (0,
 * 1].
 *
 * @param threads threads that the measured work needs
 */
export function watchOthers(threads = defaultThreads()): () => number {
  const start = { at: performance.now(), busy: busyTime(), own: process.cpuUsage() };
  return () => {
    const { user, system } = process.cpuUsage(start.own);
    const elapsed = performance.now() - start.at;
    const others = (busyTime() - start.busy - (user + system) / 1000) / elapsed;
    // Processors beyond the needed ones may be busy.
    return Math.min(Math.max((cpus().length - others) / threads, 0.05), 1);
  };
}

/**
 * Returns the factor by which a time measured on a device is multiplied to estimate the time on an idle device. Next
 * to other work that used half to four fifths of two processors, a step measured three to seven times as long as
 * alone, and 1.1 to 1.9 times as long after this correction. The share of free processors is meaningless for a GPU.
 */
export function shareOf(device: DeviceName, free: number): number {
  return device === 'cpu' ? free : 1;
}

/** Returns the busy time of all processors together, ms. */
function busyTime(): number {
  return cpus().reduce(
    (sum, { times: { user, nice, sys, irq } }) => sum + user + nice + sys + irq,
    0,
  );
}
