import type { MaskedImage } from './open-mask.svelte.ts';
import type { Painter } from './painter.ts';

/** What is done to a mask once it is open. */
export type WaitingEdit = (painter: Painter) => void;

export interface OpeningsHooks<Mask> {
  /** @throws what the engine says; code 'not-found' where the image is gone */
  open(image: MaskedImage, signal: AbortSignal): Promise<Mask>;
  /** A mask is open; what waited for it is painted next. */
  opened(open: Mask): void;
  failed(error: unknown): void;
  /** Something waits from now on, or no longer. */
  waits(isBusy: boolean): void;
}

interface Waiting {
  readonly image: MaskedImage;
  readonly edits: WaitingEdit[];
}

/**
 * Masks on their way from the engine. The hand may be quicker: what is painted meanwhile waits, whatever is
 * looked at by then, and is painted on the image that it was meant for. Where a mask could not be opened it
 * goes on waiting until `retry`; only with the image itself it is given up.
 */
export class MaskOpenings<Mask extends { readonly painter: Painter }> {
  readonly #hooks: OpeningsHooks<Mask>;
  readonly #attempts = new Map<number, { abort: AbortController; over: Promise<void> }>();
  readonly #waiting = new Map<number, Waiting>();

  constructor(hooks: OpeningsHooks<Mask>) {
    this.#hooks = hooks;
  }

  /** Whether something that was painted waits for its mask. */
  get isBusy(): boolean {
    return this.#waiting.size > 0;
  }

  /** Opens a mask, in the place of an earlier try. Resolves when it is open, or is not for now. */
  open(image: MaskedImage): Promise<void> {
    this.#attempts.get(image.id)?.abort.abort();
    const abort = new AbortController();
    const over = this.#open(image, abort.signal).finally(() => {
      if (this.#attempts.get(image.id)?.abort === abort) this.#attempts.delete(image.id);
    });
    this.#attempts.set(image.id, { abort, over });
    return over;
  }

  /** The image is no longer looked at: its mask is only needed for what waits. */
  leave(image: number): void {
    if (!this.#waiting.has(image)) this.#attempts.get(image)?.abort.abort();
  }

  /** Has something painted once the mask is open. */
  wait(image: MaskedImage, edit: WaitingEdit): void {
    const waiting = this.#waiting.get(image.id) ?? { image, edits: [] };
    waiting.edits.push(edit);
    this.#waiting.set(image.id, waiting);
    this.#hooks.waits(true);
    if (!this.#attempts.has(image.id)) void this.open(image);
  }

  /** Opens what something waits for, as when the engine is back. */
  retry(): void {
    for (const { image } of this.#waiting.values()) {
      if (!this.#attempts.has(image.id)) void this.open(image);
    }
  }

  /** Resolves when nothing is being opened. */
  async settled(): Promise<void> {
    await Promise.all([...this.#attempts.values()].map(({ over }) => over));
  }

  async #open(image: MaskedImage, signal: AbortSignal): Promise<void> {
    try {
      const open = await this.#hooks.open(image, signal);
      if (signal.aborted) return;
      this.#hooks.opened(open);
      for (const edit of this.#take(image.id)) edit(open.painter);
    } catch (error) {
      if (signal.aborted) return;
      const isGone = error instanceof Error && 'code' in error && error.code === 'not-found';
      if (isGone) this.#take(image.id);
      this.#hooks.failed(error);
    }
  }

  #take(image: number): readonly WaitingEdit[] {
    const waiting = this.#waiting.get(image);
    this.#waiting.delete(image);
    this.#hooks.waits(this.isBusy);
    return waiting?.edits ?? [];
  }
}
