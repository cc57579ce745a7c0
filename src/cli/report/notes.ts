import { widest } from '../environment.ts';
import { printable, wrap } from '../text.ts';

/** Formats notes as list items, wrapped and indented. */
export function noteItems(notes: readonly string[]): string[] {
  return notes.map((note) => `  - ${wrap(printable(note), widest - 4).replaceAll('\n', '\n    ')}`);
}
