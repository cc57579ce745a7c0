import type { MaskState } from '../../../contract/masks.ts';
import type { MaskPatch } from '../../../core/mask/patch.ts';
import type { Direction } from '../../lib/history.ts';
import { notices } from '../../lib/notices.svelte.ts';
import { text } from '../../text/index.ts';
import { type MaskChange, MaskHistory } from './mask-history.ts';
import type { MaskedImage, OpenMask } from './open-mask.svelte.ts';

const words = text.masks;

/** Where steps are taken. */
export interface StepsPlace {
  readonly open: OpenMask | null;
  /** Opens the mask of another image where a person looks; null where nobody looks, false if it is gone. */
  show(image: number): Promise<boolean | null>;
  /** Says of the open mask that it is done, or a draft, as a step. What it was before; null: it is not said. */
  mark(state: MaskState, direction: Direction): Promise<MaskState | null>;
}

/** Steps back and forth through every edit and mark of the session, on whatever image it was made. */
export class MaskSteps {
  readonly #place: StepsPlace;
  readonly #history = new MaskHistory();
  /** Counts edits and steps, for those who ask whether there is one to take. */
  #count = $state(0);
  #tail: Promise<void> = Promise.resolve();

  constructor(place: StepsPlace) {
    this.#place = place;
  }

  add({ id, name }: MaskedImage, patch: MaskPatch): void {
    this.#history.add({ image: id, name, patch });
    this.#count++;
  }

  /**
   * A mask was said to be done, or not.
   *
   * @param isJoined whether this and the edit before it are one step
   */
  addMark({ id, name }: MaskedImage, before: MaskState, after: MaskState, isJoined = false): void {
    const mark = { image: id, name, states: { before, after } };
    if (isJoined) this.#history.join(mark);
    else this.#history.add(mark);
    this.#count++;
  }

  /** The step that would be taken back next. */
  get last(): MaskChange | undefined {
    return this.#history.next('undo');
  }

  /** Forgets the edits of an image whose mask others changed. False where there were none. */
  forget(image: number): boolean {
    this.#count++;
    return this.#history.forget(image);
  }

  /** Forgets the edits with values of classes that are gone. */
  forgetValues(values: ReadonlySet<number>): void {
    this.#count++;
    this.#history.forgetValues(values);
  }

  can(direction: Direction): boolean {
    return this.#count >= 0 && this.#history.next(direction) !== undefined;
  }

  /** In a row: keys that repeat come quicker than tiles. */
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

  /** Does what makes a step, and does not throw, once those before are taken. */
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
      // Others changed its mask since: its steps are forgotten.
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
      // All of a step or nothing of it.
      if (patch !== undefined)
        await open.painter.apply(patch, side === 'before' ? 'after' : 'before');
      return;
    }
    this.#history.move(direction);
    // It was taken back elsewhere already, as in the grid.
    if (patch === undefined && before === wanted) await this.#go(direction);
  }
}
