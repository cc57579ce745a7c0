import { firstLine } from '../../contract/failure-text.ts';
import { RequestError } from './client.ts';
import { errorMessage, isCancelled } from './error-message.ts';
import { placeKeys } from './keys/keys-place.ts';
import { afterLeaving, type Notice, displayTime, withNotice } from './notice-list.ts';

/** Time in ms until the expiry of a held notice is checked again. */
const heldFor = 6000;

class Notices {
  list: readonly Notice[] = $state.raw([]);
  /** True while the user points at or focuses a notice; none expires meanwhile. */
  isHeld = (): boolean => false;
  #dialogs: readonly HTMLDialogElement[] = $state.raw([]);
  #last = 0;

  /** Top modal dialog. Notices are shown inside it, because everything outside is inert. */
  get place(): HTMLElement | null {
    return this.#dialogs.at(-1) ?? null;
  }

  /**
   * Shows a modal dialog with the notices inside. The returned function moves them out of it and restores the focus.
   */
  readonly showOver = (dialog: HTMLDialogElement): (() => void) => {
    const before = document.activeElement;
    dialog.showModal();
    this.#dialogs = [...this.#dialogs, dialog];
    return () => {
      this.#dialogs = this.#dialogs.filter((other) => other !== dialog);
      if (dialog.dataset.viewer !== undefined) this.leavePlace();
      // The code that closed the dialog may set the focus elsewhere first.
      setTimeout(() => {
        placeKeys(before);
      });
    };
  };

  /** Adds a notice; returns its ID, by which it can be dismissed. */
  add(
    kind: Notice['kind'],
    message: string,
    more: Partial<Pick<Notice, 'details' | 'action' | 'isLasting'>> = {},
  ): number {
    const id = ++this.#last;
    const { details, action, isLasting = false } = more;
    const notice = { id, kind, message, details, action, isLasting, since: performance.now() };
    this.list = withNotice(this.list, notice, this.place?.dataset.viewer !== undefined);
    const time = displayTime(notice);
    if (time !== null) this.#expire(id, time);
    return id;
  }

  /** Removes warnings about the previous step, project or image view. */
  leavePlace(): void {
    this.list = afterLeaving(this.list, performance.now());
  }

  /** Adds a notice about a failure, with an action if given; cancelled requests are ignored. */
  fail(error: unknown, action?: Notice['action']): void {
    if (isCancelled(error)) return;
    const { message, details } =
      error instanceof RequestError ? error : firstLine(errorMessage(error));
    this.add('loss', message, { details, action });
  }

  #expire(id: number, after: number): void {
    setTimeout(() => {
      if (this.isHeld()) this.#expire(id, heldFor);
      else this.dismiss(id);
    }, after);
  }

  dismiss(id: number): void {
    this.list = this.list.filter((notice) => notice.id !== id);
  }
}

export const notices = new Notices();
