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

const keptUnder = 'keys';

/** The present keys of every action. All that it says follows when a person chooses others. */
class Keymap {
  #chosen: ChosenKeys = $state.raw(readChosen(localStorage.getItem(keptUnder)));
  readonly #bindings: Bindings = $derived(bindingsWith(this.#chosen));
  readonly #isMac = window.understudy.platform === 'darwin';

  /** Whether a key press is for an action: `keymap.matches(event, 'brush')`. */
  matches(event: KeyPress, action: KeyActionId): boolean {
    const chord = chordOf(event, this.#isMac);
    if (chord === null) return false;
    const keys = this.#bindings[action];
    if (keys.includes(chord)) return true;
    // Where the sign itself is somebody's, it is not meant as a digit.
    const digit = digitOf(event);
    return (
      digit !== null && keys.includes(digit) && takenBy(this.#bindings, action, chord) === null
    );
  }

  /** Which of some actions a key press is for; undefined if for none. */
  find<A extends KeyActionId>(event: KeyPress, actions: readonly A[]): A | undefined {
    return actions.find((action) => this.matches(event, action));
  }

  /** The first key of an action, as this machine's keyboard names it; '' where it has none. */
  label(action: KeyActionId | undefined): string {
    return action === undefined ? '' : (this.labels(action)[0] ?? '');
  }

  labels(action: KeyActionId): string[] {
    return this.#bindings[action].map((chord) => this.nameOf(chord));
  }

  /** `Undo (Ctrl+Z)`: what a button does and its key. */
  hint(words: string, action: KeyActionId | undefined): string {
    const key = this.label(action);
    return key === '' ? words : `${words} (${key})`;
  }

  /** For `aria-keyshortcuts`. */
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

  /** Whether a person gave an action other keys. */
  isChanged(action?: KeyActionId): boolean {
    return action === undefined
      ? Object.keys(this.#chosen).length > 0
      : this.#chosen[action] !== undefined;
  }

  /** Gives a key to an action, in place of one that it has or as another; why not, where it cannot have it. */
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

  /** Takes one of several keys from an action. */
  take(action: KeyActionId, chord: string): void {
    const keys = this.#bindings[action].filter((key) => key !== chord);
    if (keys.length > 0) this.#keep({ ...this.#chosen, [action]: keys });
  }

  /** The keys of the table again, of one action or of all; why not, where another has one of them by now. */
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
    localStorage.setItem(keptUnder, JSON.stringify(this.#chosen));
  }
}

export const keymap = new Keymap();
