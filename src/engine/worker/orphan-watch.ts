import { Worker } from 'node:worker_threads';

/** Longest time that a worker may outlive its engine, ms: a step and a checkpoint. */
const orphanTime = 300_000;

/**
 * Kills this process some time after its parent ends, even if its main thread hangs: it would otherwise lock the folder
 * of its run, and so block the run, until the computer restarts.
 */
export function endAfterParent(afterMs = orphanTime): void {
  const file = new URL('./orphan-watch-thread.ts', import.meta.url);
  const watch = new Worker(file, { workerData: { parent: process.ppid, afterMs } });
  watch.unref();
  // The process works without the watch too.
  watch.on('error', () => undefined);
}
