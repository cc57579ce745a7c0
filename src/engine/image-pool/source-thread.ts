import { UserError } from '../../core/errors.ts';
import { unlessAborted } from '../../formats/files/unless-aborted.ts';
import { commonText } from '../../text/index.ts';
import { Lane, threadFile } from './lane.ts';
import type { LaneOptions } from './lane.ts';
import { valueOf } from './outcome.ts';
import type { TaskRequest, TaskResult, TaskName } from './tasks.ts';

/**
 * Heap limit, MiB: a label file may take `jsonMemory` and half as much again for the result; memory of pixels and
 * points is outside the heap and bounded by the readers.
 */
const heapMiB = 1536;

const defaults: LaneOptions = {
  threadFile,
  heapMiB,
  patienceMs: 60_000,
  // It holds an open source, so it never ends on its own.
  idleMs: 2 ** 31 - 1,
  graceMs: 0,
};

/** Options of the thread; outside tests only `marks` is set. */
export type ThreadOptions = Partial<LaneOptions>;

/** Thread of one mask source, which stays open in it until closed. */
export class SourceThread {
  readonly #lane: Lane;
  /** Previous task; tasks run one at a time. */
  #before: Promise<unknown> = Promise.resolve();

  constructor(options: ThreadOptions = {}) {
    this.#lane = new Lane({ ...defaults, ...options });
  }

  /**
   * Runs a task in the thread.
   *
   * @param subject file named in the error if the thread is lost, unless the task reports its current file
   * @param signal ends the thread and all that is open in it
   * @throws UserError as the task does, 'cancelled' immediately when `signal` aborts; `LostThread` if the thread
   * crashed
   */
  async run<N extends TaskName>(
    name: N,
    request: TaskRequest<N>,
    subject: string,
    signal?: AbortSignal,
  ): Promise<TaskResult<N>> {
    const work = this.#before.then(async () => {
      if (signal?.aborted === true) throw new UserError('cancelled', commonText.stopped);
      return valueOf(await this.#lane.perform({ name, request }, { subject, signal }));
    });
    this.#before = work.catch(() => undefined);
    return (await unlessAborted(work, signal)) as TaskResult<N>;
  }

  /** Ends the thread, whatever it is doing. */
  close(): Promise<void> {
    return this.#lane.close();
  }
}
