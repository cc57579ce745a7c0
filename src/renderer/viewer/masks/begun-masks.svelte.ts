import type { MaskSession } from './mask-session.svelte.ts';

/** Opened masks with edits that may still be incomplete, even if another image is shown by now. */
export class BegunMasks {
  /** True while a stroke is drawn or an edit waits for tiles. */
  isBusy = $state(false);
  #masks: readonly MaskSession[] = [];
  #held: readonly Promise<unknown>[] = [];

  add(open: MaskSession): void {
    this.#masks = [...this.#masks.filter((mask) => mask !== open && mask.painter.isBusy), open];
    open.painter.onbusy = () => {
      this.#look();
    };
  }

  /** Mask of an image with an incomplete edit. */
  of(image: number): MaskSession | undefined {
    return this.#masks.find((mask) => mask.image.id === image && mask.painter.isBusy);
  }

  /** Counts as busy until `work` settles, which leads to an edit. */
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

  /** Resolves when every edit has completed or failed. */
  async settled(): Promise<void> {
    await Promise.allSettled(this.#held);
    await Promise.all(this.#masks.map(({ painter }) => painter.settled()));
  }

  #look(): void {
    this.isBusy = this.#held.length > 0 || this.#masks.some(({ painter }) => painter.isBusy);
  }
}
