import type { OpenMask } from './open-mask.svelte.ts';

/** Masks that were opened and in which an edit may not be complete yet, though another image is looked at. */
export class BegunMasks {
  readonly #masks = new Set<OpenMask>();
  readonly #held = new Set<Promise<unknown>>();

  add(open: OpenMask): void {
    for (const mask of this.#masks) if (!mask.painter.isBusy) this.#masks.delete(mask);
    this.#masks.add(open);
  }

  /** The mask of an image on which something is still being painted. */
  of(image: number): OpenMask | undefined {
    return [...this.#masks].find((mask) => mask.image.id === image && mask.painter.isBusy);
  }

  /** Something is painted once this resolves. */
  hold<T>(work: Promise<T>): Promise<T> {
    this.#held.add(work);
    return work.finally(() => this.#held.delete(work));
  }

  /** Whether something is drawn, or waits for what it is painted on. */
  get isBusy(): boolean {
    return this.#held.size > 0 || [...this.#masks].some(({ painter }) => painter.isBusy);
  }

  /** Resolves when every edit is complete, or failed. */
  async settled(): Promise<void> {
    await Promise.allSettled(this.#held);
    await Promise.all([...this.#masks].map(({ painter }) => painter.settled()));
  }
}
