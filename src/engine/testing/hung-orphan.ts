import { fork } from 'node:child_process';
import process from 'node:process';
import { endAfterParent } from '../orphan-watch.ts';

// For a test: with `parent`, starts a process that hangs, and ends once that does; the other is to end
// itself after its parent, which ends the output that both write to.

if (process.argv[2] === 'parent') {
  const stdio = ['ignore', 'inherit', 'ignore', 'ipc'] as const;
  const child = fork(import.meta.filename, ['child'], { stdio: [...stdio] });
  child.once('message', () => process.stdout.write('hangs\n', () => process.exit()));
} else {
  endAfterParent(400);
  // Later than at once, so that the thread has begun.
  setTimeout(() => {
    process.send?.('hangs', () => {
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
    });
  }, 500);
}
