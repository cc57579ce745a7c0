import type { Store } from '../../store/store.ts';

/** Time between two checks, ms. */
const interval = 1000;
/**
 * Number of consecutive failed checks before the workspace counts as missing: a network disk may be unavailable for a
 * moment.
 */
const patience = 2;

/** Checks whether a workspace is still at the path where it was opened, and reports once it is missing. */
export class WorkspaceWatch {
  readonly #timer: NodeJS.Timeout;
  #missed = 0;

  /** @param onGone called with the store's UserError */
  constructor(store: Pick<Store, 'requireThere'>, onGone: (error: unknown) => void) {
    this.#timer = setInterval(() => {
      try {
        store.requireThere();
        this.#missed = 0;
      } catch (error) {
        this.#missed++;
        if (this.#missed < patience) return;
        this.close();
        onGone(error);
      }
    }, interval);
  }

  close(): void {
    clearInterval(this.#timer);
  }
}
