/**
 * What can be taken back and done again. An entry is whatever reverses a change; applying it gives the
 * entry that reverses that in turn.
 */
export interface History<T> {
  readonly past: readonly T[];
  readonly future: readonly T[];
}

export type Direction = 'undo' | 'redo';

/** Entries beyond this many are forgotten, the oldest first. */
const limit = 200;

export function emptyHistory<T>(): History<T> {
  return { past: [], future: [] };
}

/** After a new change; what had been undone is gone. */
export function recorded<T>(history: History<T>, entry: T): History<T> {
  return { past: [...history.past, entry].slice(-limit), future: [] };
}

export function nextEntry<T>(history: History<T>, direction: Direction): T | undefined {
  return (direction === 'undo' ? history.past : history.future).at(-1);
}

/** After the next entry was applied and gave `reverse`. */
export function moved<T>(history: History<T>, direction: Direction, reverse: T): History<T> {
  const { past, future } = history;
  return direction === 'undo'
    ? { past: past.slice(0, -1), future: [...future, reverse] }
    : { past: [...past, reverse], future: future.slice(0, -1) };
}
