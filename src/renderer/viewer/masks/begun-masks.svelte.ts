import type { OpenMask } from './open-mask.svelte.ts';

/** Masks that were opened and in which an edit may not be complete yet, though another image is looked at. */
export class BegunMasks {
  /** Whether something is drawn, or waits for what it is painted on. */
  isBusy = $state(false);
  #masks: readonly OpenMask[] = [];
  #late: readonly Promise<unknown>[] = [];

  add(open: OpenMask): void {
    this.#masks = [...this.#masks.filter(({ painter }) => painter.isBusy), open];
    open.painter.onbusy = () => {
      this.#look();
    };
  }

  /** An edit cannot be begun before this. */
  wait(late: Promise<unknown>): void {
    const over = (): void => {
      this.#late = this.#late.filter((other) => other !== late);
      this.#look();
    };
    this.#late = [...this.#late, late];
    this.#look();
    void late.then(over, over);
  }

  /** Resolves when every edit is complete, or failed. */
  async settled(): Promise<void> {
    await Promise.allSettled(this.#late);
    await Promise.all(this.#masks.map(({ painter }) => painter.settled()));
  }

  #look(): void {
    this.isBusy = this.#late.length > 0 || this.#masks.some(({ painter }) => painter.isBusy);
  }
}
