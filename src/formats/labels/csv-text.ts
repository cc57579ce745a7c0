import { stringify } from 'csv-stringify/sync';

/** First characters of cells that spreadsheets compute, or might; the last four are the wide forms of the first. */
const formulaStart = /^[=+\-@\t\r\n\uff1d\uff0b\uff0d\uff20]/;
/** Numbers stay numbers, and so does a lone dash, which stands for "none": no spreadsheet computes either. */
const number = /^[+-]?(?:\d{1,400}(?:\.\d{0,400})?|\.\d{1,400})(?:e[+-]?\d{1,9})?$/i;

export interface CsvOptions {
  /** Line ends: of Unix for tables that programs read line by line; else of Windows, as RFC 4180 has it. */
  readonly recordDelimiter?: 'unix' | 'windows';
}

/**
 * Rows as CSV (RFC 4180). A cell that a spreadsheet would compute has an apostrophe before it (the way that OWASP
 * describes as CSV injection's remedy), and so has one that begins with an apostrophe before such a character, so
 * that `cellText` gives back exactly what was written.
 */
export function csvText(
  rows: readonly (readonly string[])[],
  { recordDelimiter = 'windows' }: CsvOptions = {},
): string {
  return stringify(
    rows.map((row) => row.map(guarded)),
    // Line breaks on their own end a row as well, to some who read it; readers take spaces at the ends away.
    { record_delimiter: recordDelimiter, quoted_match: /[\r\n\t;]|^\s|\s$/ },
  );
}

/** A cell as `csvText` was given it; what other programs wrote stays as it is. */
export function cellText(cell: string): string {
  const text = cell.slice(1);
  return cell.startsWith("'") && guarded(text) === cell ? text : cell;
}

function guarded(cell: string): string {
  const begin = cell.search(/[^']/);
  const bare = begin < 0 ? '' : cell.slice(begin);
  const isHarmless = bare === '-' || (begin === 0 && number.test(cell));
  return formulaStart.test(bare) && !isHarmless ? `'${cell}` : cell;
}
