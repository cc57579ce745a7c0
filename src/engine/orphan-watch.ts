import { Worker } from 'node:worker_threads';

/** How long a worker may outlive the engine that it works for, ms: a step and a checkpoint. */
const orphanTime = 300_000;

/**
 * Ends this process, at the latest a while after the one that started it, even where its own thread hangs:
 * it would hold its run's folder, and with it the run, until the computer is started anew.
 */
export function endAfterParent(afterMs = orphanTime): void {
  const file = new URL('./orphan-watch-thread.ts', import.meta.url);
  const watch = new Worker(file, { workerData: { parent: process.ppid, afterMs } });
  watch.unref();
  // Without it the process works as well.
  watch.on('error', () => undefined);
}
