import type { Executor } from '../../runtime/executor.ts';
import { defaultThreads } from '../../runtime/threads.ts';
import { ImagePool, mostThreads } from '../image-pool/image-pool.ts';
import type { PoolOptions } from '../image-pool/image-pool.ts';
import type { NumberedView, ViewSource } from '../images/view-source.ts';

/**
 * Returns the number of threads that render views while an executor runs: the cores that it leaves idle. The
 * processor's executor leaves none unless it has fewer threads: prefetching would then slow the step down by as much
 * as it saves.
 */
export function drawingThreads(
  { busyThreads }: Pick<Executor, 'busyThreads'>,
  cores = defaultThreads(),
): number {
  return Math.min(mostThreads, Math.max(0, cores - busyThreads));
}

/**
 * Views of a source, rendered in threads: expected views are prefetched while a step blocks this thread. If a thread
 * fails at a view, it is rendered here on request, so that the source's own error appears at the right step.
 *
 * Memory: the expected views, and what each thread is working on (see `ImagePool`).
 */
export class ViewPrefetch implements ViewSource {
  readonly count: number;
  readonly recipe: object;
  readonly #source: ViewSource;
  readonly #threads: number;
  readonly #pool: ImagePool | undefined;
  /** Views being rendered, or finished but not yet requested; undefined if rendering failed. */
  readonly #drawn = new Map<string, Promise<Uint8Array | undefined>>();

  /** @param threads number of threads; with 0, views are rendered here on request */
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

  /** Starts rendering new views and drops those that are no longer expected. */
  expect(views: readonly NumberedView[]): void {
    const expected = new Map(views.map((view) => [keyOf(view), view]));
    for (const key of this.#drawn.keys()) {
      if (!expected.has(key)) this.#drawn.delete(key);
    }
    const fresh = [...expected].flatMap(([key, view]) => (this.#drawn.has(key) ? [] : [view]));
    // Each thread gets its whole share in one task: it would otherwise wait for more until the step ends.
    for (let thread = 0; thread < this.#threads; thread++) {
      this.#begin(fresh.filter((_, index) => index % this.#threads === thread));
    }
  }

  /** Ends the threads, whatever they are doing. */
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
