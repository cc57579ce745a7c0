import { countOf, includes, type Ranges } from '../ranges.ts';
import { type Modifiers, noneSelected, picked, type Selected } from './selected.ts';

/** Selected positions of a list, and the position with the focus. */
export class Selection {
  #selected: Selected = $state.raw(noneSelected);
  readonly count = $derived(countOf(this.#selected.ranges));

  get ranges(): Ranges {
    return this.#selected.ranges;
  }

  get focus(): number {
    return this.#selected.focus;
  }

  set focus(focus: number) {
    this.#selected = { ...this.#selected, focus };
  }

  has(position: number): boolean {
    return includes(this.ranges, position);
  }

  pick(position: number, modifiers: Modifiers): void {
    this.#selected = picked(this.#selected, position, modifiers);
  }

  all(total: number): void {
    const ranges = total === 0 ? [] : [{ from: 0, to: total }];
    this.#selected = { ...this.#selected, ranges };
  }

  clear(): void {
    this.#selected = { ...this.#selected, ranges: [] };
  }

  /** Clears the selection and moves the focus to the top, for another list. */
  reset(): void {
    this.#selected = noneSelected;
  }
}
