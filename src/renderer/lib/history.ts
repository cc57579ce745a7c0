/**
 * Undo and redo stacks. An entry reverses a change; applying an entry returns the entry that reverses it in turn.
 */
export interface History<T> {
  readonly past: readonly T[];
  readonly future: readonly T[];
}

export type Direction = 'undo' | 'redo';

/** Largest number of entries; older ones are dropped. */
const limit = 200;

export function emptyHistory<T>(): History<T> {
  return { past: [], future: [] };
}

/** History after a new change, which clears the redo stack. */
export function recorded<T>(history: History<T>, entry: T): History<T> {
  return { past: [...history.past, entry].slice(-limit), future: [] };
}

export function nextEntry<T>(history: History<T>, direction: Direction): T | undefined {
  return (direction === 'undo' ? history.past : history.future).at(-1);
}

/** History after the next entry was applied and returned `reverse`. */
export function moved<T>(history: History<T>, direction: Direction, reverse: T): History<T> {
  const { past, future } = history;
  return direction === 'undo'
    ? { past: past.slice(0, -1), future: [...future, reverse] }
    : { past: [...past, reverse], future: future.slice(0, -1) };
}
