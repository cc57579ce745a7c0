import type { MaskState } from '../../../contract/masks.ts';
import { type MaskPatch, hasValue } from '../../../core/mask/patch.ts';
import type { Direction } from '../../lib/history.ts';

interface Change {
  readonly image: number;
  /** Of the image, to say where it is. */
  readonly name: string;
}

/** One edit of an image's mask. */
export interface MaskEdited extends Change {
  readonly patch: MaskPatch;
}

/** A mask was said to be done, or a draft again. */
export interface MaskMarked extends Change {
  readonly states: { readonly before: MaskState; readonly after: MaskState };
}

export type MaskChange = MaskEdited | MaskMarked;

/** Every edit and mark of a session, in the order in which they were made, on whatever image: without limit. */
export class MaskHistory {
  readonly #past: MaskChange[] = [];
  #future: MaskChange[] = [];

  /** A new edit: what had been undone is gone. */
  add(change: MaskChange): void {
    this.#past.push(change);
    this.#future = [];
  }

  /** What the next step back, or forth, is about; undefined where there is none. */
  next(direction: Direction): MaskChange | undefined {
    return (direction === 'undo' ? this.#past : this.#future).at(-1);
  }

  /** After the next step was taken. */
  move(direction: Direction): void {
    const [from, to] =
      direction === 'undo' ? [this.#past, this.#future] : [this.#future, this.#past];
    const change = from.pop();
    if (change !== undefined) to.push(change);
  }

  /** Forgets an image that is gone. */
  forgetAll(image: number): void {
    this.#keep((change) => change.image !== image);
  }

  /** Forgets the edits of a mask that was changed by others; false where there were none. */
  forget(image: number): boolean {
    return this.#keep((change) => change.image !== image || 'states' in change);
  }

  /** Forgets edits in which a class is that is gone: its value may be another's by now. */
  forgetValues(values: ReadonlySet<number>): boolean {
    return this.#keep((change) => 'states' in change || !hasValue(change.patch, values));
  }

  #keep(isKept: (change: MaskChange) => boolean): boolean {
    const count = this.#past.length + this.#future.length;
    const kept = this.#past.filter(isKept);
    this.#past.splice(0, Infinity, ...kept);
    this.#future = this.#future.filter(isKept);
    return kept.length + this.#future.length < count;
  }
}
