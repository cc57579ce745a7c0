import { fork } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import type { JobEvent } from '../../contract/jobs.ts';
import { withNativeMemory } from '../../contract/native-memory.ts';
import { UserError } from '../../core/errors.ts';
import type { ErrorCode } from '../../core/errors.ts';
import type { MadeMask } from '../tasks/segmentation/predict/predict-images.ts';
import type {
  ResultOf,
  WorkerMessage,
  WorkerOrder,
  WorkerResult,
  WorkerTask,
} from './worker-protocol.ts';
import { defaultSilenceLimits, Watchdog } from './watchdog.ts';
import type { SilenceLimits } from './watchdog.ts';

/** A worker that ended without a result: killed, out of memory, or crashed by a driver. */
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
  /** Receives each part of the result as it is finished, before the outcome. */
  readonly take?: ((part: MadeMask) => void) | undefined;
  /** Aborted to end training early; the task still runs to its end. */
  readonly enough?: AbortSignal | undefined;
  /** Aborted when the whole task is no longer wanted: the worker is killed. */
  readonly kill?: AbortSignal | undefined;
  readonly silenceLimits?: SilenceLimits | undefined;
  /** True to discard what libraries write to the console. */
  readonly isMuted?: boolean;
  /**
   * Called once when the worker has been silent for very long (ms), and with null when it sends messages again.
   */
  readonly silent?: (silentMs: number | null) => void;
}

const workerFile = fileURLToPath(new URL('./worker.ts', import.meta.url));

/**
 * Performs a task in a separate process. Aborting asks the worker to stop; it does so after the current step, with a
 * checkpoint, and the promise is rejected with its 'cancelled' error. A worker that does not answer is killed after a
 * while.
 *
 * @throws UserError as the task does; WorkerDied; WorkerHung
 */
export async function performInWorker<Kind extends WorkerTask['kind']>(
  task: Extract<WorkerTask, { kind: Kind }>,
  signal: AbortSignal,
  watch: WorkerWatch,
): Promise<ResultOf<Kind>> {
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
    const result = await worker.outcome;
    if (isOfKind<Kind>(result, task.kind)) return result;
    throw new Error(`expected a result of ${task.kind} from the worker, got ${result.kind}`);
  } finally {
    for (const dispose of disposers) dispose();
  }
}

function isOfKind<Kind extends WorkerTask['kind']>(
  result: WorkerResult,
  kind: WorkerTask['kind'],
): result is ResultOf<Kind> {
  return result.kind === kind;
}

class WorkerProcess {
  readonly outcome: Promise<WorkerResult>;
  readonly #child: ChildProcess;
  readonly #watchdog: Watchdog;
  readonly #report: WorkerWatch['report'];
  readonly #take: WorkerWatch['take'];
  readonly #settled = Promise.withResolvers<WorkerResult>();
  /** Final message: result or failure; only the exit follows. */
  #last: Exclude<WorkerMessage, { kind: 'event' | 'part' }> | undefined;
  #hung: WorkerHung | undefined;

  constructor({
    report,
    take,
    silenceLimits = defaultSilenceLimits,
    isMuted,
    silent,
  }: WorkerWatch) {
    this.outcome = this.#settled.promise;
    this.#report = report;
    this.#take = take;
    this.#watchdog = new Watchdog(silenceLimits, {
      working: (silentMs) => silent?.(silentMs),
      resumed: () => silent?.(null),
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
    // If the channel has just closed, the exit event follows.
    if (this.#child.connected) this.#child.send(message, () => undefined);
  }

  stop(): void {
    this.order({ kind: 'stop' });
    this.#watchdog.stopping();
  }

  kill(): void {
    this.#child.kill('SIGKILL');
  }

  #receive(message: WorkerMessage): void {
    this.#watchdog.heard();
    if (message.kind !== 'event' && message.kind !== 'part') {
      this.#last = message;
      // Nothing more follows, and it may hang while a library shuts down.
      this.#watchdog.stopping();
      return;
    }
    try {
      if (message.kind === 'event') this.#report(message.event);
      else this.#take?.(message.part);
    } catch (error) {
      // The disk may be full, for example: the run cannot continue, and its worker keeps a checkpoint.
      this.#settled.reject(error instanceof Error ? error : new Error(String(error)));
      this.stop();
    }
  }

  #ended(how: string): void {
    if (this.#last?.kind === 'result') {
      this.#watchdog.close();
      this.#settled.resolve(this.#last.result);
    } else if (this.#last?.kind === 'failure') {
      const { code, message, details } = this.#last.failure;
      this.#fail(new UserError(code as ErrorCode, message, details));
    } else {
      this.#fail(this.#hung ?? new WorkerDied(`the worker ended (${how})`));
    }
  }

  #fail(error: Error): void {
    this.#watchdog.close();
    this.#settled.reject(error);
  }
}

/**
 * Calls `act` once a signal is aborted, immediately if it already is; returns a function that stops listening.
 */
function onAbort(signal: AbortSignal | undefined, act: () => void): () => void {
  if (signal?.aborted) act();
  signal?.addEventListener('abort', act);
  return () => {
    signal?.removeEventListener('abort', act);
  };
}
