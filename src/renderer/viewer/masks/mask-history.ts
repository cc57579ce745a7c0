import type { MaskState } from '../../../contract/masks.ts';
import { type MaskPatch, hasValue } from '../../../core/mask/patch.ts';
import type { Direction } from '../../lib/history.ts';

interface Change {
  readonly image: number;
  /** Of the image, to say where it is. */
  readonly name: string;
}

/** One edit of an image's mask, or that it was said to be done, or a draft again; or both in one step. */
export interface MaskChange extends Change {
  readonly patch?: MaskPatch;
  readonly states?: { readonly before: MaskState; readonly after: MaskState };
}

/** Every edit and mark of a session, in the order in which they were made, on whatever image: without limit. */
export class MaskHistory {
  readonly #past: MaskChange[] = [];
  #future: MaskChange[] = [];

  /** A new edit: what had been undone is gone. */
  add(change: MaskChange): void {
    this.#past.push(change);
    this.#future = [];
  }

  /** A mark that is one step with the edit before it, of the same image. */
  join(mark: MaskChange): void {
    const edit = this.#past.at(-1);
    if (edit?.patch === undefined || edit.states !== undefined || edit.image !== mark.image) {
      this.add(mark);
      return;
    }
    this.#past.pop();
    this.add({ ...edit, ...mark });
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
    this.#past.splice(0, Infinity, ...this.#past.filter((change) => change.image !== image));
    this.#future = this.#future.filter((change) => change.image !== image);
  }

  /** Forgets the edits of a mask that was changed by others; false where there were none. */
  forget(image: number): boolean {
    return this.#forgetEdits((change) => change.image === image);
  }

  /** Forgets edits in which a class is that is gone: its value may be another's by now. */
  forgetValues(values: ReadonlySet<number>): boolean {
    return this.#forgetEdits(({ patch }) => patch !== undefined && hasValue(patch, values));
  }

  /** What was marked stays a step. */
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
