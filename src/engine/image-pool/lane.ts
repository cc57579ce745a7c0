import { extname } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { Piscina } from 'piscina';
import { emptyPlace, freePlace, newPlaceInBudget } from '../../formats/decode-budget.ts';
import type { BudgetPlace } from '../../formats/decode-budget.ts';
import { deadThread, hungThread } from './lost-thread.ts';
import { newMarker, newPlace, readPlace, removeMarker } from './reading-place.ts';
import type { Outcome, ThreadData, ThreadRequest } from './thread-protocol.ts';

export interface RunOptions {
  /** The file that is named where it costs a thread, unless the task says at which it is; undefined where it is at several. */
  readonly subject?: string | undefined;
  /** A file of several slices: its tasks go to the thread that has it open. */
  readonly file?: string | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** How threads are kept. */
export interface LaneOptions {
  /** The module with `perform`. */
  readonly threadFile: string;
  /** MiB of a thread's heap; decoded pixels lie beside it and are bounded by `ReadLimits`. */
  readonly heapMiB: number;
  /** How long a task may show no sign of life, ms. */
  readonly patienceMs: number;
  /** How long an unused thread is kept, ms. */
  readonly idleMs: number;
  /** How long a task that nobody wants any more may go on before its thread is ended, ms. */
  readonly graceMs: number;
  /** A folder where threads note which file they are at, for the next start of a process that ends at one. */
  readonly marks?: string | undefined;
}

/** As this file is, source or built. */
export const threadFile = fileURLToPath(
  new URL(`./thread${extname(import.meta.url)}`, import.meta.url),
);

/** Files of several slices that a thread holds open, as `withImage` does. */
const keptFiles = 3;
/** How long the end of a thread is waited for, ms. */
const endMs = 2000;

/**
 * A place for one thread, which does one task at a time. It is started at its first task and again after it
 * was lost. Its pool is of one thread because a slice must find the thread that has its file open, and
 * because what waits must outlive a thread that is ended.
 */
export class Lane {
  readonly #options: LaneOptions;
  readonly #beats = new Int32Array(new SharedArrayBuffer(4));
  readonly #place = newPlace();
  readonly #marker: string | null;
  #pool: Piscina | undefined;
  #budget: BudgetPlace | undefined;
  /** Told where the thread dies before it could take the task. */
  #failed = Promise.withResolvers<never>();
  /** The latest first. */
  #files: readonly string[] = [];
  isBusy = false;

  constructor(options: LaneOptions) {
    this.#options = options;
    this.#marker = options.marks === undefined ? null : newMarker(options.marks);
  }

  get isStarted(): boolean {
    return (this.#pool?.threads.length ?? 0) > 0;
  }

  /** Whether its thread may have this file open. */
  knows(file: string): boolean {
    return this.#files.includes(file);
  }

  isAt(file: string): boolean {
    return this.isBusy && this.#files[0] === file;
  }

  /**
   * Resolves with what the task gave, or rejects with a `LostThread`.
   *
   * @param options its `signal` ends the thread after a while, unless the task ends before
   */
  async perform(task: ThreadRequest, { subject, file, signal }: RunOptions): Promise<Outcome> {
    this.isBusy = true;
    if (file !== undefined) {
      this.#files = [file, ...this.#files.filter((known) => known !== file)].slice(0, keptFiles);
    }
    const end = new AbortController();
    const isHung = (): boolean => end.signal.reason === 'hung';
    const disposers = [this.#endWhenSilent(end), this.#endWhenUnwanted(end, signal)];
    try {
      const pool = (this.#pool ??= this.#newPool());
      const work = pool.run(task, { signal: end.signal }) as Promise<Outcome>;
      return await Promise.race([work, this.#failed.promise]);
    } catch (error) {
      const at = readPlace(this.#place) ?? subject;
      await this.close();
      throw isHung() ? hungThread(at, this.#options.patienceMs) : deadThread(at, error);
    } finally {
      for (const dispose of disposers) dispose();
      this.isBusy = false;
    }
  }

  /** Ends the thread, whatever it is at. */
  async close(): Promise<void> {
    const [pool, budget] = [this.#pool, this.#budget];
    this.#pool = undefined;
    this.#budget = undefined;
    this.#files = [];
    // A thread that hangs outside JavaScript cannot be ended; it is left to itself.
    await Promise.race([pool?.destroy(), delay(endMs, undefined, { ref: false })]);
    if (budget !== undefined) freePlace(budget);
    if (this.#marker !== null) removeMarker(this.#marker);
  }

  #newPool(): Piscina {
    const { heapMiB, idleMs, threadFile: filename } = this.#options;
    this.#place.fill(0);
    const budget = newPlaceInBudget();
    this.#budget = budget;
    const workerData: ThreadData = {
      ...{ beats: this.#beats, place: this.#place, marker: this.#marker, budget },
    };
    const pool = new Piscina({
      ...{ filename, name: 'perform', workerData },
      ...{ minThreads: 0, maxThreads: 1, idleTimeout: idleMs },
      // With atomics a waiting thread stands still, and files that it should let go of stay open.
      atomics: 'disabled',
      resourceLimits: { maxOldGenerationSizeMb: heapMiB, maxYoungGenerationSizeMb: 64 },
    });
    const failed = Promise.withResolvers<never>();
    // Of a thread that dies while it has nothing to do, nothing need be said.
    failed.promise.catch(() => undefined);
    pool.on('error', failed.reject);
    pool.on('workerDestroy', () => {
      this.#files = [];
      emptyPlace(budget);
    });
    this.#failed = failed;
    return pool;
  }

  #endWhenSilent(end: AbortController): () => void {
    const { patienceMs } = this.#options;
    let seen = Atomics.load(this.#beats, 0);
    const timer = setInterval(() => {
      const beats = Atomics.load(this.#beats, 0);
      if (beats === seen) end.abort('hung');
      seen = beats;
    }, patienceMs);
    return () => {
      clearInterval(timer);
    };
  }

  #endWhenUnwanted(end: AbortController, signal: AbortSignal | undefined): () => void {
    let timer: NodeJS.Timeout | undefined;
    const onAbort = (): void => {
      timer = setTimeout(() => {
        end.abort('unwanted');
      }, this.#options.graceMs);
    };
    if (signal?.aborted === true) onAbort();
    signal?.addEventListener('abort', onAbort, { once: true });
    return () => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', onAbort);
    };
  }
}
