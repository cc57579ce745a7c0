import type { MaskState } from '../../../../contract/masks.ts';
import type { MaskPatch } from '../../../../core/mask/patch.ts';
import type { Direction } from '../../../lib/history.ts';
import { notices } from '../../../lib/notices.svelte.ts';
import { text } from '../../../text/index.ts';
import { type MaskChange, MaskHistory } from './mask-history.ts';
import type { EditedImage, MaskSession } from '../mask-session.svelte.ts';

const words = text.masks;

/** Editor on which undo and redo operate. */
export interface StepsPlace {
  readonly open: MaskSession | null;
  /** Opens the mask of another image in the viewer; null without a viewer, false if the image was removed. */
  show(image: number): Promise<boolean | null>;
  /** Sets the state of the open mask during undo or redo; returns the previous state, null if it failed. */
  mark(state: MaskState, direction: Direction): Promise<MaskState | null>;
}

/** Undo and redo of all edits and state changes of the session, across images. */
export class MaskSteps {
  readonly #place: StepsPlace;
  readonly #history = new MaskHistory();
  /** Counter of changes, which makes `can` reactive. */
  #count = $state(0);
  #tail: Promise<void> = Promise.resolve();

  constructor(place: StepsPlace) {
    this.#place = place;
  }

  add({ id, name }: EditedImage, patch: MaskPatch): void {
    this.#history.add({ image: id, name, patch });
    this.#count++;
  }

  /**
   * Adds a change between draft and done.
   *
   * @param isJoined true to join it with the preceding edit into one step
   */
  addMark({ id, name }: EditedImage, before: MaskState, after: MaskState, isJoined = false): void {
    const mark = { image: id, name, states: { before, after } };
    if (isJoined) this.#history.join(mark);
    else this.#history.add(mark);
    this.#count++;
  }

  /** Next change to undo. */
  get last(): MaskChange | undefined {
    return this.#history.next('undo');
  }

  /** Removes the edits of an image whose mask was changed elsewhere; false if there were none. */
  forget(image: number): boolean {
    this.#count++;
    return this.#history.forget(image);
  }

  /** Removes the edits with values of removed classes. */
  forgetValues(values: ReadonlySet<number>): void {
    this.#count++;
    this.#history.forgetValues(values);
  }

  can(direction: Direction): boolean {
    return this.#count >= 0 && this.#history.next(direction) !== undefined;
  }

  /** Undoes or redoes a step, one after the other: repeating keys are faster than loading tiles. */
  go(direction: Direction): Promise<void> {
    return this.inTurn(async () => {
      try {
        await this.#go(direction);
      } catch (error) {
        notices.fail(error);
      }
      this.#count++;
    });
  }

  /** Runs `work`, which must not throw, after the preceding steps. */
  inTurn<T>(work: () => Promise<T>): Promise<T> {
    const result = this.#tail.then(work);
    this.#tail = result.then(() => undefined);
    return result;
  }

  async #go(direction: Direction): Promise<void> {
    await this.#place.open?.painter.settled();
    const change = this.#history.next(direction);
    if (change === undefined) return;
    if (this.#place.open?.image.id !== change.image) {
      const isThere = await this.#place.show(change.image);
      if (isThere === false) {
        this.#history.forgetAll(change.image);
        notices.add('attention', words.undoGone(change.name));
      }
      // Its mask was changed elsewhere, so its steps have been removed.
      if (isThere !== true || this.#history.next(direction) !== change) return;
      notices.add('done', words.wentTo[direction](change.name));
    }
    const { open } = this.#place;
    if (open?.image.id !== change.image) return;
    const side = direction === 'undo' ? 'before' : 'after';
    const { patch, states } = change;
    if (patch !== undefined) await open.painter.apply(patch, side);
    const wanted = states?.[side];
    const before = wanted && (await this.#place.mark(wanted, direction));
    if (before === null) {
      // A step is applied completely or not at all.
      if (patch !== undefined)
        await open.painter.apply(patch, side === 'before' ? 'after' : 'before');
      return;
    }
    this.#history.move(direction);
    // The state was already reverted elsewhere, for example in the grid.
    if (patch === undefined && before === wanted) await this.#go(direction);
  }
}
