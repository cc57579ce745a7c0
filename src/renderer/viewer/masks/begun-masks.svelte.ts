import type { OpenMask } from './open-mask.svelte.ts';

/** Masks that were opened and in which an edit may not be complete yet, though another image is looked at. */
export class BegunMasks {
  /** Whether something is drawn, or waits for what it is painted on. */
  isBusy = $state(false);
  #masks: readonly OpenMask[] = [];
  #held: readonly Promise<unknown>[] = [];

  add(open: OpenMask): void {
    this.#masks = [...this.#masks.filter((mask) => mask !== open && mask.painter.isBusy), open];
    open.painter.onbusy = () => {
      this.#look();
    };
  }

  /** The mask of an image on which something is still being painted. */
  of(image: number): OpenMask | undefined {
    return this.#masks.find((mask) => mask.image.id === image && mask.painter.isBusy);
  }

  /** Something is painted once this resolves. */
  async hold<T>(work: Promise<T>): Promise<T> {
    this.#held = [...this.#held, work];
    this.#look();
    try {
      return await work;
    } finally {
      this.#held = this.#held.filter((other) => other !== work);
      this.#look();
    }
  }

  /** Resolves when every edit is complete, or failed. */
  async settled(): Promise<void> {
    await Promise.allSettled(this.#held);
    await Promise.all(this.#masks.map(({ painter }) => painter.settled()));
  }

  #look(): void {
    this.isBusy = this.#held.length > 0 || this.#masks.some(({ painter }) => painter.isBusy);
  }
}
