import type { OpenMask } from './open-mask.svelte.ts';

/** Masks that were opened and in which an edit may not be complete yet, though another image is looked at. */
export class BegunMasks {
  readonly #masks = new Set<OpenMask>();

  add(open: OpenMask): void {
    for (const mask of this.#masks) if (!mask.painter.isBusy) this.#masks.delete(mask);
    this.#masks.add(open);
  }

  /** Whether something is drawn, or waits for what it is painted on. */
  get isBusy(): boolean {
    return [...this.#masks].some(({ painter }) => painter.isBusy);
  }

  /** Resolves when every edit is complete, or failed. */
  async settled(): Promise<void> {
    await Promise.all([...this.#masks].map(({ painter }) => painter.settled()));
  }
}
