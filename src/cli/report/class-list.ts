import { counted } from '../figures.ts';
import type { TextStyles } from '../text-styles.ts';
import { table } from './table.ts';

const listed = 50;

/** Formats a table with a row per class: the first fifty classes, and the number of others. */
export function classList(
  head: readonly string[],
  rows: readonly (readonly string[])[],
  paint: TextStyles,
): string {
  const shown = [head, ...rows.slice(0, listed)];
  const lines = table(shown, { leftColumns: 1, header: (line) => paint.strong(line) });
  const more = rows.length - listed;
  return more > 0 ? `${lines}\nand ${counted(more, 'more class', 'more classes')}` : lines;
}
