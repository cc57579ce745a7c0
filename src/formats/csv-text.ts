import { stringify } from 'csv-stringify/sync';

/**
 * Rows as CSV (RFC 4180). A value that a spreadsheet would compute (`=`, `+`, `-`, `@`, a tab or a line break at
 * its start) has an apostrophe before it.
 */
export function csvText(rows: readonly (readonly string[])[]): string {
  return stringify(
    rows.map((row) => [...row]),
    // On their own these two end a row as well, to those who read it.
    { escape_formulas: true, record_delimiter: 'windows', quoted_match: /[\r\n]/ },
  );
}
