import { RequestError } from './client.ts';

/** Something to tell, at the foot of the window until it is dismissed or its time is over. */
export interface Notice {
  readonly id: number;
  readonly kind: 'done' | 'attention' | 'loss';
  readonly message: string;
  /** Behind a fold, with a button to copy it. */
  readonly details: string | undefined;
  readonly action: { readonly label: string; run(): void } | undefined;
}

class Notices {
  readonly list = $state<Notice[]>([]);
  /** What fills the window and makes all outside it inert: notices are in it then, to be seen and answered. */
  place: HTMLElement | null = $state.raw(null);
  #last = 0;

  add(
    kind: Notice['kind'],
    message: string,
    more: Partial<Pick<Notice, 'details' | 'action'>> = {},
  ): void {
    const id = ++this.#last;
    this.list.push({ id, kind, message, details: more.details, action: more.action });
    if (kind === 'done')
      setTimeout(() => {
        this.dismiss(id);
      }, 6000);
  }

  /** Tells of a failure and what can be done about it; an abort is none. */
  fail(error: unknown, action?: Notice['action']): void {
    if (error instanceof DOMException && error.name === 'AbortError') return;
    if (error instanceof RequestError && error.code === 'cancelled') return;
    const message = error instanceof Error ? error.message : String(error);
    const details = error instanceof RequestError ? error.details : undefined;
    this.add('loss', message, {
      ...(details === undefined ? {} : { details }),
      ...(action === undefined ? {} : { action }),
    });
  }

  dismiss(id: number): void {
    const index = this.list.findIndex((notice) => notice.id === id);
    if (index >= 0) this.list.splice(index, 1);
  }
}

export const notices = new Notices();
