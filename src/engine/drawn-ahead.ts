import type { Executor } from '../runtime/executor.ts';
import { defaultThreads } from '../runtime/threads.ts';
import { ImagePool, mostThreads } from './image-pool/image-pool.ts';
import type { PoolOptions } from './image-pool/image-pool.ts';
import type { NumberedView, ViewSource } from './view-source.ts';

/**
 * How many threads draw views beside an executor: as many as it leaves cores idle. The processor's leaves none unless
 * it was given fewer threads: what is drawn meanwhile would take from the step what it saves.
 */
export function drawingThreads(
  { busyThreads }: Pick<Executor, 'busyThreads'>,
  cores = defaultThreads(),
): number {
  return Math.min(mostThreads, Math.max(0, cores - busyThreads));
}

/**
 * Views of a source, drawn in threads: what is expected, before it is asked for, while a step blocks this thread. What a
 * thread fails at is drawn here when it is asked for, so that errors are the source's own, at the step that they are of.
 *
 * Memory: the views that are expected, and what each thread is at (see `ImagePool`).
 */
export class DrawnAhead implements ViewSource {
  readonly count: number;
  readonly recipe: object;
  readonly #source: ViewSource;
  readonly #threads: number;
  readonly #pool: ImagePool | undefined;
  /** Under way or done, and not asked for yet; undefined where it could not be drawn. */
  readonly #drawn = new Map<string, Promise<Uint8Array | undefined>>();

  /** @param threads none: views are drawn here, when they are asked for */
  constructor(source: ViewSource, threads: number, options: Partial<PoolOptions> = {}) {
    this.count = source.count;
    this.recipe = source.recipe;
    this.#source = source;
    this.#threads = threads;
    if (threads > 0 && source.order) this.#pool = new ImagePool({ ...options, threads });
  }

  async draw(image: number, view: number): Promise<Uint8Array> {
    const key = keyOf({ image, view });
    if (!this.#drawn.has(key)) this.#begin([{ image, view }]);
    const drawn = this.#drawn.get(key);
    this.#drawn.delete(key);
    return (await drawn) ?? this.#source.draw(image, view);
  }

  /** Begins with what is new of it, and forgets what is not expected any more. */
  expect(views: readonly NumberedView[]): void {
    const expected = new Map(views.map((view) => [keyOf(view), view]));
    for (const key of this.#drawn.keys()) {
      if (!expected.has(key)) this.#drawn.delete(key);
    }
    const fresh = [...expected].flatMap(([key, view]) => (this.#drawn.has(key) ? [] : [view]));
    // A thread gets all of its share at once: it would have to wait for more until the step ends.
    for (let thread = 0; thread < this.#threads; thread++) {
      this.#begin(fresh.filter((_, index) => index % this.#threads === thread));
    }
  }

  /** Ends the threads, whatever they are at. */
  async close(): Promise<void> {
    this.#drawn.clear();
    await this.#pool?.close();
  }

  #begin(views: readonly NumberedView[]): void {
    if (!this.#pool || views.length === 0) return;
    const orders = views.flatMap(({ image, view }) => this.#source.order?.(image, view) ?? []);
    const work = this.#pool.run('draw', { views: orders }, {}).catch(() => []);
    for (const [index, view] of views.entries()) {
      this.#drawn.set(
        keyOf(view),
        work.then((drawn) => drawn[index]),
      );
    }
  }
}

function keyOf({ image, view }: NumberedView): string {
  return `${image} ${view}`;
}
