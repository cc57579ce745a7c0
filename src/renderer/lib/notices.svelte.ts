import { firstLine } from '../../contract/failure-text.ts';
import { RequestError } from './client.ts';
import { placeKeys } from './keys-place.ts';

/** Something to tell, at the foot of the window until it is dismissed or its time is over. */
export interface Notice {
  readonly id: number;
  readonly kind: 'done' | 'attention' | 'loss';
  readonly message: string;
  /** Behind a fold, with a button to copy it. */
  readonly details: string | undefined;
  readonly action: { readonly label: string; run(): void } | undefined;
}

/** ms that what is done is told; longer where there is something to choose. */
const told = 6000;
const toldToChoose = 20_000;

class Notices {
  readonly list = $state<Notice[]>([]);
  /** Somebody is at them: none goes meanwhile. */
  isHeld = (): boolean => false;
  #dialogs: readonly HTMLDialogElement[] = $state.raw([]);
  #last = 0;

  /** The dialog that makes all outside it inert: notices are in it then, to be seen, heard and answered. */
  get place(): HTMLElement | null {
    return this.#dialogs.at(-1) ?? null;
  }

  /**
   * Shows a dialog over all else, with what there is to tell, until the function that it returns is called: then
   * the keys are where they were before.
   */
  readonly showOver = (dialog: HTMLDialogElement): (() => void) => {
    const before = document.activeElement;
    dialog.showModal();
    this.#dialogs = [...this.#dialogs, dialog];
    return () => {
      this.#dialogs = this.#dialogs.filter((other) => other !== dialog);
      // Whoever closed it may give them to something else.
      setTimeout(() => {
        placeKeys(before);
      });
    };
  };

  /** Returns the notice's number, to dismiss it once it no longer holds. */
  add(
    kind: Notice['kind'],
    message: string,
    more: Partial<Pick<Notice, 'details' | 'action'>> = {},
  ): number {
    const id = ++this.#last;
    this.list.push({ id, kind, message, details: more.details, action: more.action });
    if (kind === 'done') this.#expire(id, more.action === undefined ? told : toldToChoose);
    return id;
  }

  /** Tells of a failure and what can be done about it; an abort is none. */
  fail(error: unknown, action?: Notice['action']): void {
    if (error instanceof DOMException && error.name === 'AbortError') return;
    if (error instanceof RequestError && error.code === 'cancelled') return;
    const { message, details } =
      error instanceof RequestError
        ? error
        : firstLine(error instanceof Error ? error.message : String(error));
    this.add('loss', message, {
      ...(details === undefined ? {} : { details }),
      ...(action === undefined ? {} : { action }),
    });
  }

  #expire(id: number, after: number): void {
    setTimeout(() => {
      if (this.isHeld()) this.#expire(id, told);
      else this.dismiss(id);
    }, after);
  }

  dismiss(id: number): void {
    const index = this.list.findIndex((notice) => notice.id === id);
    if (index >= 0) this.list.splice(index, 1);
  }
}

export const notices = new Notices();
