import { fork } from 'node:child_process';
import process from 'node:process';
import { endAfterParent } from '../worker/orphan-watch.ts';

// For a test: with `parent`, starts a process that hangs, and exits once that does. The child has to kill itself after
// its parent ends; the test sees it by the end of the output that both write to.

if (process.argv[2] === 'parent') {
  const stdio = ['ignore', 'inherit', 'ignore', 'ipc'] as const;
  const child = fork(import.meta.filename, ['child'], { stdio: [...stdio] });
  child.once('message', () => process.stdout.write('hangs\n', () => process.exit()));
} else {
  endAfterParent(400);
  // Delayed, so that the thread has started.
  setTimeout(() => {
    process.send?.('hangs', () => {
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
    });
  }, 500);
}
