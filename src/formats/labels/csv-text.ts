import { stringify } from 'csv-stringify/sync';

/**
 * First characters of cells that spreadsheets compute, or might compute; the last four are the full-width forms of the
 * first.
 */
const formulaStart = /^[=+\-@\t\r\n\uff1d\uff0b\uff0d\uff20]/;
/** Numbers stay numbers, and so does a single dash, which stands for "none": no spreadsheet computes either. */
const number = /^[+-]?(?:\d{1,400}(?:\.\d{0,400})?|\.\d{1,400})(?:e[+-]?\d{1,9})?$/i;

export interface CsvOptions {
  /** Line ends: those of Unix for tables that programs read line by line; else those of Windows, as in RFC 4180. */
  readonly recordDelimiter?: 'unix' | 'windows';
}

/**
 * Formats rows as CSV (RFC 4180). A cell that a spreadsheet would compute gets an apostrophe prefix (as OWASP
 * recommends against CSV injection), and so does a cell that begins with an apostrophe before such a character, so that
 * `cellText` returns exactly the original text.
 */
export function csvText(
  rows: readonly (readonly string[])[],
  { recordDelimiter = 'windows' }: CsvOptions = {},
): string {
  return stringify(
    rows.map((row) => row.map(guarded)),
    // Some readers end rows at single line breaks too, and readers remove spaces at the ends of a cell.
    { record_delimiter: recordDelimiter, quoted_match: /[\r\n\t;]|^\s|\s$/ },
  );
}

/** Returns a cell as `csvText` was given it; cells from other programs are unchanged. */
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
