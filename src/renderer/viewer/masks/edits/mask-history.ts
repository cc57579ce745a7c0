import type { MaskState } from '../../../../contract/masks.ts';
import { type MaskPatch, hasValue } from '../../../../core/mask/patch.ts';
import type { Direction } from '../../../lib/history.ts';

interface Change {
  readonly image: number;
  /** Name of the image, for messages. */
  readonly name: string;
}

/** Undo step on an image's mask: an edit, a change between draft and done, or both. */
export interface MaskChange extends Change {
  readonly patch?: MaskPatch;
  readonly states?: { readonly before: MaskState; readonly after: MaskState };
}

/** History of all edits and state changes of a session, in order, across images, without limit. */
export class MaskHistory {
  readonly #past: MaskChange[] = [];
  #future: MaskChange[] = [];

  /** Adds a change and clears the redo stack. */
  add(change: MaskChange): void {
    this.#past.push(change);
    this.#future = [];
  }

  /** Joins a state change with the preceding edit of the same image into one step. */
  join(mark: MaskChange): void {
    const edit = this.#past.at(-1);
    if (edit?.patch === undefined || edit.states !== undefined || edit.image !== mark.image) {
      this.add(mark);
      return;
    }
    this.#past.pop();
    this.add({ ...edit, ...mark });
  }

  /** Next change to undo or redo; undefined if there is none. */
  next(direction: Direction): MaskChange | undefined {
    return (direction === 'undo' ? this.#past : this.#future).at(-1);
  }

  /** Moves the next change to the other stack, after it was applied. */
  move(direction: Direction): void {
    const [from, to] =
      direction === 'undo' ? [this.#past, this.#future] : [this.#future, this.#past];
    const change = from.pop();
    if (change !== undefined) to.push(change);
  }

  /** Removes all changes of a removed image. */
  forgetAll(image: number): void {
    this.#past.splice(0, Infinity, ...this.#past.filter((change) => change.image !== image));
    this.#future = this.#future.filter((change) => change.image !== image);
  }

  /** Removes the edits of a mask that was changed elsewhere; false if there were none. */
  forget(image: number): boolean {
    return this.#forgetEdits((change) => change.image === image);
  }

  /** Removes edits with values of removed classes, which other classes may reuse. */
  forgetValues(values: ReadonlySet<number>): boolean {
    return this.#forgetEdits(({ patch }) => patch !== undefined && hasValue(patch, values));
  }

  /** Removes edits; their state changes remain as steps. */
  #forgetEdits(isGone: (change: MaskChange) => boolean): boolean {
    let isAny = false;
    const kept = (change: MaskChange): MaskChange[] => {
      if (change.patch === undefined || !isGone(change)) return [change];
      isAny = true;
      const { image, name, states } = change;
      return states === undefined ? [] : [{ image, name, states }];
    };
    this.#past.splice(0, Infinity, ...this.#past.flatMap(kept));
    this.#future = this.#future.flatMap(kept);
    return isAny;
  }
}
