import { keymap } from '../lib/keys/keymap.svelte.ts';
import type { Refusal } from '../lib/keys/keymap-rules.ts';
import type { KeyActionId } from '../lib/keys/keymap-table.ts';
import { text } from '../text/index.ts';

/** Action that waits for a key, in place of its key `instead` or as a further one. */
interface Waiting {
  readonly action: KeyActionId;
  readonly instead: string | undefined;
}

/** State of changing keys: the action that waits for a key, and the result of the last change. */
export class KeysChange {
  waiting: Waiting | null = $state.raw(null);
  /** Message about the last change, and whether it was refused. */
  message: { readonly sentence: string; readonly isRefusal: boolean } | null = $state.raw(null);

  wait(action: KeyActionId, instead?: string): void {
    this.waiting = { action, instead };
    this.#show(text.keys.pressSpoken(text.keys.actions[action]));
  }

  isWaiting(action: KeyActionId, instead?: string): boolean {
    return this.waiting?.action === action && this.waiting.instead === instead;
  }

  leave(): void {
    if (this.waiting !== null) this.message = null;
    this.waiting = null;
  }

  /** Captures the next key, whatever its usual meaning. A refused key leaves the action waiting. */
  onkey(event: KeyboardEvent): void {
    if (this.waiting === null) return;
    event.preventDefault();
    event.stopPropagation();
    const chord = keymap.chordOf(event);
    if (chord === null || event.repeat) return;
    if (chord === 'Escape') this.leave();
    else this.#give(this.waiting, chord);
  }

  take(action: KeyActionId, chord: string): void {
    keymap.take(action, chord);
    this.waiting = null;
    this.#show(text.keys.given(text.keys.actions[action], keymap.labels(action).join(', ')));
  }

  reset(action?: KeyActionId): void {
    this.waiting = null;
    const refusal = keymap.reset(action);
    if (refusal !== null) this.#refuse(refusal);
    else if (action === undefined) this.#show(text.keys.allReset);
    else this.#show(text.keys.wasReset(text.keys.actions[action]));
  }

  #give({ action, instead }: Waiting, chord: string): void {
    const refusal = keymap.give(action, chord, instead);
    if (refusal !== null) {
      this.#refuse(refusal);
      return;
    }
    this.waiting = null;
    this.#show(text.keys.given(text.keys.actions[action], keymap.labels(action).join(', ')));
  }

  #refuse({ chord, ...refusal }: Refusal): void {
    const key = keymap.nameOf(chord);
    const sentence =
      refusal.kind === 'taken'
        ? text.keys.taken(key, text.keys.actions[refusal.by])
        : text.keys.reserved(key, refusal.why);
    this.message = { sentence, isRefusal: true };
  }

  #show(sentence: string): void {
    this.message = { sentence, isRefusal: false };
  }
}
