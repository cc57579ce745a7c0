import process from 'node:process';
import { workerData } from 'node:worker_threads';

// Thread of orphan-watch.ts: its timers run whatever the main thread does.

const { parent, afterMs } = workerData as { readonly parent: number; readonly afterMs: number };
const interval = Math.min(1000, afterMs / 4);
let goneMs = 0;

setInterval(() => {
  goneMs = isGone() ? goneMs + interval : 0;
  if (goneMs >= afterMs) process.kill(process.pid, 'SIGKILL');
}, interval);

/** Returns true if the parent has ended. On systems other than Windows an orphan gets another parent. */
function isGone(): boolean {
  if (process.ppid !== parent) return true;
  try {
    process.kill(parent, 0);
    return false;
  } catch {
    return true;
  }
}
