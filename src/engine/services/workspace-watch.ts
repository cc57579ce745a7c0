import type { Store } from '../../store/store.ts';

/** Between two looks, ms. */
const interval = 1000;
/** Looks in a row that find nothing: a network disk may be away for a moment. */
const patience = 2;

/** Looks whether a workspace is still where it was opened, and tells once it is gone. */
export class WorkspaceWatch {
  readonly #timer: NodeJS.Timeout;
  #missed = 0;

  /** @param onGone told the UserError of the store */
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
