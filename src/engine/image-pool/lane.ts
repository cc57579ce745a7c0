import { extname } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { Piscina } from 'piscina';
import { emptyPlace, freePlace, newPlaceInBudget } from '../../formats/files/decode-budget.ts';
import type { BudgetPlace } from '../../formats/files/decode-budget.ts';
import { deadThread, hungThread } from './lost-thread.ts';
import { newMarker, newPlace, readPlace, removeMarker } from './reading-place.ts';
import type { Outcome, ThreadData, ThreadRequest } from './thread-protocol.ts';

export interface RunOptions {
  /**
   * File named in the error if the thread is lost, unless the task reports its current file; undefined for tasks on
   * several files.
   */
  readonly subject?: string | undefined;
  /** Multi-frame file; its tasks go to the thread that has it open. */
  readonly file?: string | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** Limits of a lane's thread. */
export interface LaneOptions {
  /** Module that exports `perform`. */
  readonly threadFile: string;
  /** Heap of a thread, MiB; decoded pixels are outside it and bounded by `ReadLimits`. */
  readonly heapMiB: number;
  /** Longest time without a heartbeat of a task, ms. */
  readonly patienceMs: number;
  /** Time for which an idle thread is kept, ms. */
  readonly idleMs: number;
  /** Time that an unwanted task may continue before its thread is ended, ms. */
  readonly graceMs: number;
  /**
   * Folder where threads record their current file, for the next start after a process crashed at one.
   */
  readonly marks?: string | undefined;
}

/** Module of the thread, with this file's extension: source or built. */
export const threadFile = fileURLToPath(
  new URL(`./thread${extname(import.meta.url)}`, import.meta.url),
);

/** Number of multi-frame files that a thread keeps open through `withImage`. */
const keptFiles = 3;
/** Longest wait for a thread to end, ms. */
const endMs = 2000;

/**
 * Slot for one thread, which does one task at a time. The thread starts at the first task and again after it was
 * lost. Each lane has its own Piscina pool of one thread, because a slice must find the thread that has its file
 * open, and because waiting tasks must outlive a thread that is ended.
 */
export class Lane {
  readonly #options: LaneOptions;
  readonly #beats = new Int32Array(new SharedArrayBuffer(4));
  readonly #place = newPlace();
  readonly #marker: string | null;
  #pool: Piscina | undefined;
  #budget: BudgetPlace | undefined;
  /** Rejected if the thread dies before it takes the task. */
  #failed = Promise.withResolvers<never>();
  /** Most recent first. */
  #files: readonly string[] = [];
  isBusy = false;

  constructor(options: LaneOptions) {
    this.#options = options;
    this.#marker = options.marks === undefined ? null : newMarker(options.marks);
  }

  get isStarted(): boolean {
    return (this.#pool?.threads.length ?? 0) > 0;
  }

  /** Returns true if its thread may have this file open. */
  knows(file: string): boolean {
    return this.#files.includes(file);
  }

  isAt(file: string): boolean {
    return this.isBusy && this.#files[0] === file;
  }

  /**
   * Runs a task; rejects with a `LostThread` if the thread is lost.
   *
   * @param options aborting its `signal` ends the thread after a while, unless the task ends first
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

  /** Ends the thread, whatever it is doing. */
  async close(): Promise<void> {
    const [pool, budget] = [this.#pool, this.#budget];
    this.#pool = undefined;
    this.#budget = undefined;
    this.#files = [];
    // A thread that hangs outside JavaScript cannot be ended; it is abandoned.
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
      beats: this.#beats,
      place: this.#place,
      marker: this.#marker,
      budget,
    };
    const pool = new Piscina({
      filename,
      name: 'perform',
      workerData,
      minThreads: 0,
      maxThreads: 1,
      idleTimeout: idleMs,
      // With atomics a waiting thread is blocked, and files that it should close stay open.
      atomics: 'disabled',
      resourceLimits: { maxOldGenerationSizeMb: heapMiB, maxYoungGenerationSizeMb: 64 },
    });
    const failed = Promise.withResolvers<never>();
    // The death of an idle thread needs no report.
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
