import { availableParallelism } from 'node:os';
import { setFlagsFromString } from 'node:v8';
import { UserError } from '../../core/errors.ts';
import { commonText } from '../../text/index.ts';
// The engine loads native modules too: threads must not be the only ones that hold them.
import '../../formats/libvips.ts';
import { Lane, threadFile } from './lane.ts';
import type { LaneOptions, RunOptions } from './lane.ts';
import { LostThread } from './lost-thread.ts';
import { valueOf } from './outcome.ts';
import type { TaskRequest, TaskResult, TaskName } from './tasks.ts';
import type { Outcome, ThreadRequest } from './thread-protocol.ts';

export interface PoolRunOptions extends RunOptions {
  /**
   * Priority. `next`: ahead of other waiting tasks. `now`: the user is waiting; it may also use the reserved thread.
   */
  readonly turn?: 'next' | 'now';
}

export interface PoolOptions extends LaneOptions {
  /** Number of threads for work that is not urgent. */
  readonly threads: number;
}

interface Waiting extends PoolRunOptions {
  readonly task: ThreadRequest;
  readonly settled: PromiseWithResolvers<Outcome>;
}

/**
 * Heap size at which V8 first considers a collection, MiB. Pixel values are outside its small heap, half a megabyte
 * per image, but count towards it: from its default start V8 collected on every ninth image, a fifth of the time of
 * an import. The flag is read when a thread starts and has no counterpart in `resourceLimits`.
 */
const firstHeapMiB = 128;
setFlagsFromString(`--initial-heap-size=${firstHeapMiB}`);

/**
 * Maximum number of threads. More would not speed up decoding: each thread holds one image's values several times
 * over, and libuv, on whose threads libvips works, has four.
 */
export const mostThreads = 4;

const defaults: PoolOptions = {
  threadFile,
  threads: Math.min(mostThreads, Math.max(1, availableParallelism())),
  heapMiB: 512,
  patienceMs: 120_000,
  idleMs: 30_000,
  graceMs: 10_000,
};

/**
 * Time for which a file that crashed a thread is refused without another try, ms since its last request.
 */
const refusedMs = 30_000;

/**
 * Threads that decode images, so that the engine can answer other requests in the meantime. They start on demand, end
 * after an idle time, and do not keep the process alive.
 *
 * Memory: all threads of a process decode images of 32 MiB and more within one bound, a quarter of the free memory
 * and at most 2 GiB (see formats/decode-budget); a larger image is read alone, within `ReadLimits`. In addition, each
 * thread holds up to two smaller images; about 30 bytes for each of `preparedPixels` of a reduced image; a heap of
 * `heapMiB`; at most three multi-frame files that stay open between tasks; and 128 MiB of previews.
 */
export class ImagePool {
  readonly #ordinary: readonly Lane[];
  /** Lane for urgent tasks, so that an import of large files does not delay them. */
  readonly #reserved: Lane;
  readonly #waiting: Waiting[] = [];
  readonly #refused = new Map<string, { readonly error: LostThread; timer: NodeJS.Timeout }>();
  #isClosed = false;

  constructor(options: Partial<PoolOptions> = {}) {
    const all = { ...defaults, ...options };
    this.#ordinary = Array.from({ length: all.threads }, () => new Lane(all));
    this.#reserved = new Lane(all);
  }

  /** Recommended number of concurrent requests: one running and one waiting per thread. */
  get tasksAtOnce(): number {
    return 2 * this.#ordinary.length;
  }

  /**
   * Runs a task in a thread.
   *
   * @throws UserError as the task does; `LostThread` if the thread crashed or was ended because it hung; 'cancelled'
   * immediately when `signal` aborts
   */
  async run<N extends TaskName>(
    name: N,
    request: TaskRequest<N>,
    options: PoolRunOptions,
  ): Promise<TaskResult<N>> {
    const { subject, signal } = options;
    if (this.#isClosed || signal?.aborted === true) throw cancelled();
    if (subject !== undefined) this.#requireHarmless(subject);
    const settled = Promise.withResolvers<Outcome>();
    const waiting = { ...options, task: { name, request }, settled };
    const onAbort = (): void => {
      settled.reject(cancelled());
      this.#forget(waiting);
    };
    signal?.addEventListener('abort', onAbort, { once: true });
    this.#enqueue(waiting);
    this.#distribute();
    try {
      return valueOf(await settled.promise) as TaskResult<N>;
    } finally {
      signal?.removeEventListener('abort', onAbort);
    }
  }

  /** Ends all threads; pending tasks fail with 'cancelled'. */
  async close(): Promise<void> {
    this.#isClosed = true;
    for (const { settled } of this.#waiting.splice(0)) settled.reject(cancelled());
    for (const { timer } of this.#refused.values()) clearTimeout(timer);
    await Promise.all(this.#lanes.map((lane) => lane.close()));
  }

  get #lanes(): Lane[] {
    return [...this.#ordinary, this.#reserved];
  }

  #enqueue(waiting: Waiting): void {
    const behind = this.#waiting.findIndex(({ turn }) => turn === undefined);
    if (waiting.turn === undefined || behind < 0) this.#waiting.push(waiting);
    else this.#waiting.splice(behind, 0, waiting);
  }

  #forget(waiting: Waiting): void {
    const at = this.#waiting.indexOf(waiting);
    if (at >= 0) this.#waiting.splice(at, 1);
  }

  #distribute(): void {
    for (const waiting of [...this.#waiting]) {
      const lane = this.#laneFor(waiting);
      if (lane === undefined) continue;
      this.#forget(waiting);
      void this.#perform(waiting, lane);
    }
  }

  /** Returns the lane for a task; undefined if it has to wait. */
  #laneFor({ file, turn }: Waiting): Lane | undefined {
    const isUrgent = turn === 'now';
    const lanes = isUrgent ? this.#lanes : this.#ordinary;
    const knowing = file === undefined ? [] : lanes.filter((lane) => lane.knows(file));
    const free = knowing.find(({ isBusy }) => !isBusy);
    if (free !== undefined) return free;
    // A compressed volume is not decompressed in every thread: its slices wait for the thread that has it.
    const isAtHand = isUrgent ? knowing.some((lane) => lane.isAt(file ?? '')) : knowing.length > 0;
    if (isAtHand) return undefined;
    const idle = lanes.filter(({ isBusy }) => !isBusy);
    return idle.find(({ isStarted }) => isStarted) ?? idle[0];
  }

  async #perform({ task, settled, ...options }: Waiting, lane: Lane): Promise<void> {
    const { subject, signal } = options;
    try {
      settled.resolve(await lane.perform(task, options));
    } catch (error) {
      const isWanted = !this.#isClosed && signal?.aborted !== true;
      const isLost = error instanceof LostThread && isWanted;
      if (isLost && subject !== undefined) this.#refuse(subject, error);
      settled.reject(isWanted ? error : cancelled());
    }
    this.#distribute();
  }

  #requireHarmless(subject: string): void {
    const refused = this.#refused.get(subject);
    if (refused === undefined) return;
    refused.timer.refresh();
    throw refused.error;
  }

  #refuse(subject: string, error: LostThread): void {
    const timer = setTimeout(() => this.#refused.delete(subject), refusedMs).unref();
    this.#refused.set(subject, { error, timer });
  }
}

function cancelled(): UserError {
  return new UserError('cancelled', commonText.stopped);
}
