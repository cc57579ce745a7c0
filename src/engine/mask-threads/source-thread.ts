import { UserError } from '../../core/errors.ts';
import { unlessAborted } from '../../formats/unless-aborted.ts';
import { Lane, threadFile } from '../image-pool/lane.ts';
import type { LaneOptions } from '../image-pool/lane.ts';
import { valueOf } from '../image-pool/outcome.ts';
import type { RequestOf, ResultOf, TaskName } from '../image-pool/tasks.ts';

/**
 * A file of labels may take `jsonMemory` and half as much again for what is made of it; memory of pixels and
 * points lies beside that heap and is bounded by the readers.
 */
const heapMiB = 1536;

const defaults: LaneOptions = {
  threadFile,
  heapMiB,
  patienceMs: 60_000,
  // It holds an open source: it is ended, and does not end by itself.
  idleMs: 2 ** 31 - 1,
  graceMs: 0,
};

/** Besides the tests, only where marks go is said. */
export type ThreadOptions = Partial<LaneOptions>;

/** The thread of one source of masks, which is open in it until it is closed. */
export class SourceThread {
  readonly #lane: Lane;
  /** One task at a time. */
  #before: Promise<unknown> = Promise.resolve();

  constructor(options: ThreadOptions = {}) {
    this.#lane = new Lane({ ...defaults, ...options });
  }

  /**
   * Does a task in the thread.
   *
   * @param subject the file that is named where it costs the thread, unless the task says at which it is
   * @param signal ends the thread, and all that is open in it
   * @throws UserError as the task does, 'cancelled' at once when `signal` aborts; `LostThread` where the thread ended
   */
  async run<N extends TaskName>(
    name: N,
    request: RequestOf<N>,
    subject: string,
    signal?: AbortSignal,
  ): Promise<ResultOf<N>> {
    const work = this.#before.then(async () => {
      if (signal?.aborted === true) throw new UserError('cancelled', 'The work was stopped.');
      return valueOf(await this.#lane.perform({ name, request }, { subject, signal }));
    });
    this.#before = work.catch(() => undefined);
    return (await unlessAborted(work, signal)) as ResultOf<N>;
  }

  /** Ends the thread, whatever it is at. */
  close(): Promise<void> {
    return this.#lane.close();
  }
}
