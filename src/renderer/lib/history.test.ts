import { describe, expect, it } from 'vitest';
import {
  type Direction,
  emptyHistory,
  type History,
  moved,
  nextEntry,
  recorded,
} from './history.ts';

/** Value with an undo history. */
class Document {
  value = 0;
  history: History<number> = emptyHistory();

  set(value: number): void {
    this.history = recorded(this.history, this.value);
    this.value = value;
  }

  go(direction: Direction): void {
    const entry = nextEntry(this.history, direction);
    if (entry === undefined) return;
    const reverse = this.value;
    this.value = entry;
    this.history = moved(this.history, direction, reverse);
  }
}

describe('history', () => {
  it('undoes and redoes', () => {
    const document = new Document();
    for (const value of [1, 2, 3]) document.set(value);
    document.go('undo');
    document.go('undo');
    expect(document.value).toBe(1);
    document.go('redo');
    document.go('redo');
    document.go('redo');
    expect(document.value).toBe(3);
  });

  it('drops undone changes after a new change', () => {
    const document = new Document();
    document.set(1);
    document.go('undo');
    document.set(5);
    document.go('redo');
    expect(document.value).toBe(5);
    document.go('undo');
    expect(document.value).toBe(0);
  });

  it('does not grow without end', () => {
    const document = new Document();
    for (let value = 1; value <= 1000; value++) document.set(value);
    expect(document.history.past.length).toBe(200);
    document.go('undo');
    expect(document.value).toBe(999);
  });
});
