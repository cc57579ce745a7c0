import { chordForAria, chordName, chordOf, digitOf, type KeyPress } from './keymap-chord.ts';
import {
  type Bindings,
  bindingsWith,
  type ChosenKeys,
  defaultBindings,
  readChosen,
  type Refusal,
  refusalOf,
  takenBy,
} from './keymap-rules.ts';
import type { KeyActionId } from './keymap-table.ts';

const storageKey = 'keys';

/** Current keys of every action. Its values are reactive: they change when the user chooses other keys. */
class Keymap {
  #chosen: ChosenKeys = $state.raw(readChosen(localStorage.getItem(storageKey)));
  readonly #bindings: Bindings = $derived(bindingsWith(this.#chosen));
  readonly #isMac = window.understudy.platform === 'darwin';

  /** True if a key press triggers an action: `keymap.matches(event, 'brush')`. */
  matches(event: KeyPress, action: KeyActionId): boolean {
    const chord = chordOf(event, this.#isMac);
    if (chord === null) return false;
    const keys = this.#bindings[action];
    if (keys.includes(chord)) return true;
    // If another action has the sign on this key, the press is not meant as a digit.
    const digit = digitOf(event);
    return (
      digit !== null && keys.includes(digit) && takenBy(this.#bindings, action, chord) === null
    );
  }

  /** Action among `actions` that a key press triggers; undefined if none. */
  find<A extends KeyActionId>(event: KeyPress, actions: readonly A[]): A | undefined {
    return actions.find((action) => this.matches(event, action));
  }

  /** First key of an action as shown on this platform; '' if it has none. */
  label(action: KeyActionId | undefined): string {
    return action === undefined ? '' : (this.labels(action)[0] ?? '');
  }

  labels(action: KeyActionId): string[] {
    return this.#bindings[action].map((chord) => this.nameOf(chord));
  }

  /** Label with its key: `Undo (Ctrl+Z)`. */
  hint(words: string, action: KeyActionId | undefined): string {
    const key = this.label(action);
    return key === '' ? words : `${words} (${key})`;
  }

  /** Keys of an action in the syntax of `aria-keyshortcuts`. */
  aria(action: KeyActionId | undefined): string | undefined {
    if (action === undefined) return undefined;
    return this.#bindings[action].map((chord) => chordForAria(chord, this.#isMac)).join(' ');
  }

  chords(action: KeyActionId): readonly string[] {
    return this.#bindings[action];
  }

  chordOf(event: KeyPress): string | null {
    return chordOf(event, this.#isMac);
  }

  nameOf(chord: string): string {
    return chordName(chord, this.#isMac);
  }

  /** True if the user changed the keys of an action, or of any action. */
  isChanged(action?: KeyActionId): boolean {
    return action === undefined
      ? Object.keys(this.#chosen).length > 0
      : this.#chosen[action] !== undefined;
  }

  /** Gives an action a key, in place of `instead` or as a further one; returns the reason if it cannot have it. */
  give(action: KeyActionId, chord: string, instead?: string): Refusal | null {
    const refusal = refusalOf(this.#bindings, action, chord);
    if (refusal !== null) return refusal;
    const before = this.#bindings[action].filter((key) => key === instead || key !== chord);
    const keys =
      instead !== undefined && before.includes(instead)
        ? before.map((key) => (key === instead ? chord : key))
        : [...before, chord];
    this.#keep({ ...this.#chosen, [action]: [...new Set(keys)] });
    return null;
  }

  /** Removes one of several keys of an action. */
  take(action: KeyActionId, chord: string): void {
    const keys = this.#bindings[action].filter((key) => key !== chord);
    if (keys.length > 0) this.#keep({ ...this.#chosen, [action]: keys });
  }

  /** Restores the default keys of one action or of all; returns the reason if another action has one of them. */
  reset(action?: KeyActionId): Refusal | null {
    if (action === undefined) {
      this.#keep({});
      return null;
    }
    for (const chord of defaultBindings[action]) {
      const refusal = refusalOf(this.#bindings, action, chord);
      if (refusal !== null) return refusal;
    }
    this.#keep({ ...this.#chosen, [action]: defaultBindings[action] });
    return null;
  }

  #keep(chosen: ChosenKeys): void {
    this.#chosen = Object.fromEntries(
      Object.entries(chosen).filter(
        ([id, keys]) => String(keys) !== String(defaultBindings[id as KeyActionId]),
      ),
    );
    localStorage.setItem(storageKey, JSON.stringify(this.#chosen));
  }
}

export const keymap = new Keymap();
