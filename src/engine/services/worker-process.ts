import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { JobEvent } from '../../contract/jobs.ts';
import { UserError } from '../../core/errors.ts';
import type { ErrorCode } from '../../core/errors.ts';
import type { WorkerMessage, WorkerOrder, WorkerResult, WorkerTask } from '../worker-protocol.ts';

/** A worker that ended without a word: killed, out of memory, or brought down by a driver. */
export class WorkerDied extends Error {
  override readonly name = 'WorkerDied';
}

const workerFile = fileURLToPath(new URL('../worker.ts', import.meta.url));

/**
 * Performs a task in a process of its own. Aborting asks the worker to stop, which it does after the
 * step at work, with a checkpoint; the promise is then rejected with its 'cancelled' error.
 *
 * @param enough aborted when what was learnt is enough: the task goes on to its end without more training
 *
 * @throws UserError as the task does; WorkerDied
 */
export function performInWorker(
  task: WorkerTask,
  signal: AbortSignal,
  report: (event: JobEvent) => void,
  enough?: AbortSignal,
): Promise<WorkerResult> {
  return new Promise((resolve, reject) => {
    const worker = fork(workerFile, {
      // Early releases of Node 24 warn that running TypeScript is experimental.
      execArgv: ['--disable-warning=ExperimentalWarning'],
      serialization: 'advanced',
    });
    const order = (message: WorkerOrder): void => {
      if (worker.connected) worker.send(message);
    };
    const stop = (): void => {
      order({ kind: 'stop' });
    };
    const finish = (): void => {
      order({ kind: 'finish' });
    };
    let last: WorkerMessage | undefined;
    worker.on('message', (message: WorkerMessage) => {
      if (message.kind !== 'event') {
        last = message;
        return;
      }
      try {
        report(message.event);
      } catch (error) {
        // A full disk, say: the run cannot go on, and its worker keeps what it has learnt.
        reject(error instanceof Error ? error : new Error(String(error)));
        stop();
      }
    });
    worker.on('error', (error) => {
      reject(new WorkerDied(`the worker could not be started: ${error.message}`));
    });
    worker.on('exit', (code, killedBy) => {
      signal.removeEventListener('abort', stop);
      enough?.removeEventListener('abort', finish);
      if (last?.kind === 'result') {
        resolve(last.result);
      } else if (last?.kind === 'failure') {
        const { code: failureCode, message, details } = last.failure;
        reject(new UserError(failureCode as ErrorCode, message, details));
      } else {
        reject(new WorkerDied(`the worker ended (${killedBy ?? `code ${code}`})`));
      }
    });
    signal.addEventListener('abort', stop);
    enough?.addEventListener('abort', finish);
    order({ kind: 'task', task });
    if (signal.aborted) stop();
    if (enough?.aborted === true) finish();
  });
}
