import { fork } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import type { JobEvent } from '../../contract/jobs.ts';
import { withNativeMemory } from '../../contract/native-memory.ts';
import { UserError } from '../../core/errors.ts';
import type { ErrorCode } from '../../core/errors.ts';
import type { MadeMask } from '../segmentation/predict-images.ts';
import type { WorkerMessage, WorkerOrder, WorkerResult, WorkerTask } from '../worker-protocol.ts';
import { defaultPatience, SilenceWatch } from './silence.ts';
import type { Patience } from './silence.ts';

/** A worker that ended without a word: killed, out of memory, or brought down by a driver. */
export class WorkerDied extends Error {
  override readonly name = 'WorkerDied';
}

/** A worker that was asked to stop, did not answer, and was killed. */
export class WorkerHung extends Error {
  override readonly name = 'WorkerHung';
  readonly silentMs: number;

  constructor(silentMs: number) {
    super(`the worker was silent for ${Math.round(silentMs / 1000)} s and was killed`);
    this.silentMs = silentMs;
  }
}

export interface WorkerWatch {
  readonly report: (event: JobEvent) => void;
  /** Gets each part of what is made, before the outcome. */
  readonly take?: ((part: MadeMask) => void) | undefined;
  /** Aborted when what was learnt is enough: the task goes on to its end without more training. */
  readonly enough?: AbortSignal | undefined;
  /** Aborted when nothing of the task is wanted any more: the worker is killed. */
  readonly kill?: AbortSignal | undefined;
  readonly patience?: Patience | undefined;
  /** Whether what libraries write to the console is thrown away. */
  readonly isMuted?: boolean;
  /** Told once the worker has been silent for very long (ms), and with null when it speaks again. */
  readonly silent?: (silentMs: number | null) => void;
}

const workerFile = fileURLToPath(new URL('../worker.ts', import.meta.url));

/**
 * Performs a task in a process of its own. Aborting asks the worker to stop, which it does after the
 * step at work, with a checkpoint; the promise is then rejected with its 'cancelled' error. One that does
 * not answer is killed after a while.
 *
 * @throws UserError as the task does; WorkerDied; WorkerHung
 */
export async function performInWorker(
  task: WorkerTask,
  signal: AbortSignal,
  watch: WorkerWatch,
): Promise<WorkerResult> {
  const worker = new WorkerProcess(watch);
  worker.order({ kind: 'task', task });
  const disposers = [
    onAbort(signal, () => {
      worker.stop();
    }),
    onAbort(watch.enough, () => {
      worker.order({ kind: 'finish' });
    }),
    onAbort(watch.kill, () => {
      worker.kill();
    }),
  ];
  try {
    return await worker.outcome;
  } finally {
    for (const dispose of disposers) dispose();
  }
}

class WorkerProcess {
  readonly outcome: Promise<WorkerResult>;
  readonly #child: ChildProcess;
  readonly #silence: SilenceWatch;
  readonly #report: WorkerWatch['report'];
  readonly #take: WorkerWatch['take'];
  readonly #settled = Promise.withResolvers<WorkerResult>();
  /** Its result or failure; what is still to come is its exit. */
  #last: Exclude<WorkerMessage, { kind: 'event' | 'part' }> | undefined;
  #hung: WorkerHung | undefined;

  constructor({ report, take, patience = defaultPatience, isMuted, silent }: WorkerWatch) {
    this.outcome = this.#settled.promise;
    this.#report = report;
    this.#take = take;
    this.#silence = new SilenceWatch(patience, {
      working: (silentMs) => silent?.(silentMs),
      broken: () => silent?.(null),
      stopping: (silentMs) => {
        this.#hung = new WorkerHung(silentMs);
        this.kill();
      },
    });
    this.#child = fork(workerFile, {
      // Early releases of Node 24 warn that running TypeScript is experimental.
      execArgv: ['--disable-warning=ExperimentalWarning'],
      serialization: 'advanced',
      env: withNativeMemory(process.env),
      stdio: isMuted ? ['ignore', 'ignore', 'ignore', 'ipc'] : 'inherit',
    });
    this.#child.on('message', (message: WorkerMessage) => {
      this.#receive(message);
    });
    this.#child.on('error', (error) => {
      this.#fail(new WorkerDied(`the worker could not be started: ${error.message}`));
    });
    this.#child.on('exit', (code, killedBy) => {
      this.#ended(killedBy ?? `code ${code}`);
    });
  }

  order(message: WorkerOrder): void {
    // A channel that just closed is an exit about to be seen.
    if (this.#child.connected) this.#child.send(message, () => undefined);
  }

  stop(): void {
    this.order({ kind: 'stop' });
    this.#silence.stopping();
  }

  kill(): void {
    this.#child.kill('SIGKILL');
  }

  #receive(message: WorkerMessage): void {
    this.#silence.heard();
    if (message.kind !== 'event' && message.kind !== 'part') {
      this.#last = message;
      // It has nothing more to say, and may hang in a library that it takes down.
      this.#silence.stopping();
      return;
    }
    try {
      if (message.kind === 'event') this.#report(message.event);
      else this.#take?.(message.part);
    } catch (error) {
      // A full disk, say: the run cannot go on, and its worker keeps what it has learnt.
      this.#settled.reject(error instanceof Error ? error : new Error(String(error)));
      this.stop();
    }
  }

  #ended(how: string): void {
    if (this.#last?.kind === 'result') {
      this.#silence.close();
      this.#settled.resolve(this.#last.result);
    } else if (this.#last?.kind === 'failure') {
      const { code, message, details } = this.#last.failure;
      this.#fail(new UserError(code as ErrorCode, message, details));
    } else {
      this.#fail(this.#hung ?? new WorkerDied(`the worker ended (${how})`));
    }
  }

  #fail(error: Error): void {
    this.#silence.close();
    this.#settled.reject(error);
  }
}

/** Acts once a signal is aborted, at once where it is already; returns what ends the waiting. */
function onAbort(signal: AbortSignal | undefined, act: () => void): () => void {
  if (signal?.aborted) act();
  signal?.addEventListener('abort', act);
  return () => {
    signal?.removeEventListener('abort', act);
  };
}
