import type { EditedImage } from './mask-session.svelte.ts';
import type { MaskPainter } from './edits/painter.ts';

/** Edit to apply to a mask once it is open. */
export type WaitingEdit = (painter: MaskPainter) => void;

export interface OpeningsHooks<Mask> {
  /** @throws the engine's error; code 'not-found' if the image was removed */
  open(image: EditedImage, signal: AbortSignal): Promise<Mask>;
  /** Called when a mask is open, before waiting edits are applied. */
  opened(open: Mask): void;
  failed(error: unknown): void;
  /** Called when edits begin or cease to wait. */
  waits(isBusy: boolean): void;
}

interface Waiting {
  readonly image: EditedImage;
  readonly edits: WaitingEdit[];
}

/**
 * Opens masks, and queues edits that are made before their mask is open. Queued edits are applied to the image on which
 * they were made, even if another one is shown by then. If opening fails they wait for `retry`; they are discarded only
 * if the image was removed.
 */
export class MaskOpenings<Mask extends { readonly painter: MaskPainter }> {
  readonly #hooks: OpeningsHooks<Mask>;
  readonly #attempts = new Map<number, { abort: AbortController; over: Promise<void> }>();
  readonly #waiting = new Map<number, Waiting>();

  constructor(hooks: OpeningsHooks<Mask>) {
    this.#hooks = hooks;
  }

  /** True if edits wait for their mask. */
  get isBusy(): boolean {
    return this.#waiting.size > 0;
  }

  /** Opens a mask and aborts an earlier attempt. Resolves when it is open or opening has failed. */
  open(image: EditedImage): Promise<void> {
    this.#attempts.get(image.id)?.abort.abort();
    const abort = new AbortController();
    const over = this.#open(image, abort.signal).finally(() => {
      if (this.#attempts.get(image.id)?.abort === abort) this.#attempts.delete(image.id);
    });
    this.#attempts.set(image.id, { abort, over });
    return over;
  }

  /** Aborts opening the mask of an image that is no longer shown, unless edits wait for it. */
  leave(image: number): void {
    if (!this.#waiting.has(image)) this.#attempts.get(image)?.abort.abort();
  }

  /** Queues an edit until the mask is open. */
  wait(image: EditedImage, edit: WaitingEdit): void {
    const waiting = this.#waiting.get(image.id) ?? { image, edits: [] };
    waiting.edits.push(edit);
    this.#waiting.set(image.id, waiting);
    this.#hooks.waits(true);
    if (!this.#attempts.has(image.id)) void this.open(image);
  }

  /** Opens the masks that edits wait for, for example when the engine is back. */
  retry(): void {
    for (const { image } of this.#waiting.values()) {
      if (!this.#attempts.has(image.id)) void this.open(image);
    }
  }

  /** Resolves when all current attempts have ended. */
  async settled(): Promise<void> {
    await Promise.all([...this.#attempts.values()].map(({ over }) => over));
  }

  async #open(image: EditedImage, signal: AbortSignal): Promise<void> {
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
