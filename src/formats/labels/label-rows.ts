import { CsvError, parse } from 'csv-parse/sync';
import { UserError } from '../../core/errors.ts';
import { labelFileText } from '../../text/index.ts';
import { cellText } from './csv-text.ts';

/** Row of a label file. */
export interface LabelRow {
  /** Line at which the row ends, from 1. */
  readonly line: number;
  /** Path as written, with `/`. */
  readonly path: string;
  readonly labels: readonly string[];
  /** Also true if the row states that the image has none of the labels. */
  readonly isLabelled: boolean;
  readonly group: string | undefined;
  readonly split: string | undefined;
}

/** Value in the label column for an image that belongs to none of several classes. */
export const noneOfThem = '-';

/** Labels that are `-`, or `-` after apostrophes: they get another apostrophe. */
const dashName = /^'*-$/;

/** Formats an image's labels for the label column; `parseLabelRows` reads them back. */
export function labelCell(labels: readonly string[]): string {
  if (labels.length === 0) return noneOfThem;
  return labels.map((label) => (dashName.test(label) ? `'${label}` : label)).join('|');
}

function labelNamed(text: string): string {
  return text.startsWith("'") && dashName.test(text) ? text.slice(1) : text;
}

const columns = ['path', 'label', 'split', 'group'] as const;
type Column = (typeof columns)[number];

const delimiters = [',', ';', '\t'] as const;
const rowLimit = 1_000_000;
/** Maximum number of characters of a row: a path, a few labels, a group. */
const recordLimit = 65_536;
const [lineFeed, carriageReturn] = [10, 13];

interface Line {
  readonly fields: string[];
  readonly line: number;
}

/**
 * Reads the rows of a label file: header `path,label[,split,group]` in any order and case.
 *
 * Throws `UserError('invalid-labels')` that names the line for broken quotes, missing fields and empty
 * paths, and the header for missing and unknown columns; 'too-large' past a million rows.
 */
export function parseLabelRows(text: string, csvPath: string): LabelRow[] {
  requireLines(text, csvPath);
  // The header comes first, since it limits the number of fields of a row.
  const [header] = readLines(text, csvPath, 1);
  if (header === undefined) throw new UserError('invalid-labels', labelFileText.empty(csvPath));
  const order = columnOrder(header.fields, csvPath);
  // One more than the header and the rows, to notice that there are too many.
  const [, ...lines] = readLines(text, csvPath, rowLimit + 2);
  if (lines.length > rowLimit) {
    throw new UserError('too-large', labelFileText.tooManyRows(csvPath, rowLimit));
  }
  if (lines.length === 0) {
    throw new UserError('invalid-labels', labelFileText.noRows(csvPath));
  }
  return lines.map((line) => labelRow(line, order, csvPath));
}

/** Returns true if a file with this beginning is a label file, judging by its header. */
export function isLabelFile(beginning: string): boolean {
  const [header = ''] = beginning.replace(/^\uFEFF/, '').split(/\r?\n/);
  try {
    const [line] = readLines(header, '', 1);
    return line !== undefined && columnOrder(line.fields, '').length > 0;
  } catch (error) {
    if (error instanceof UserError) return false;
    throw error;
  }
}

/** A line without an end could become millions of fields, which memory cannot hold. */
function requireLines(text: string, csvPath: string): void {
  let start = 0;
  let line = 1;
  for (let at = 0; at <= text.length; at++) {
    const code = text.charCodeAt(at);
    if (code !== lineFeed && code !== carriageReturn && at < text.length) continue;
    if (at - start > recordLimit) {
      throw new UserError(
        'invalid-labels',
        labelFileText.longLine(csvPath, { line, characters: at - start, limit: recordLimit }),
      );
    }
    start = at + 1;
    if (code === lineFeed) line++;
  }
}

function readLines(text: string, csvPath: string, most: number): Line[] {
  try {
    // The types of csv-parse lack the result of the option `info`.
    const records = parse(text, {
      delimiter: detectDelimiter(text),
      info: true,
      skip_empty_lines: true,
      // An open quotation mark would otherwise swallow all that follows.
      max_record_size: recordLimit,
      to: most,
      trim: true,
    }) as unknown as { record: string[]; info: { lines: number } }[];
    return records.map(({ record, info }) => ({ fields: record, line: info.lines }));
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    throw new UserError(
      'invalid-labels',
      labelFileText.notATable(csvPath, error.message),
      error.code,
    );
  }
}

/** Returns the most frequent separator in the header; no column name contains one. */
function detectDelimiter(text: string): string {
  const header = /^\s*([^\r\n]*)/.exec(text)?.[1] ?? '';
  const counts = delimiters.map((delimiter) => header.split(delimiter).length);
  return delimiters[counts.indexOf(Math.max(...counts))] ?? ',';
}

function columnOrder(header: readonly string[], csvPath: string): Column[] {
  const names = header.map((name) => name.toLowerCase());
  const order = names.filter((name): name is Column => columns.some((column) => column === name));
  // A misspelt "group" that is ignored would put one patient on both sides of a split.
  const isWrong = order.length < names.length || new Set(order).size < order.length;
  if (isWrong || !order.includes('path') || !order.includes('label')) {
    const found = header.join(',').slice(0, 200);
    throw new UserError('invalid-labels', labelFileText.otherHeader(csvPath, found));
  }
  return order;
}

function labelRow({ fields, line }: Line, order: readonly Column[], csvPath: string): LabelRow {
  const field = (column: Column): string => cellText(fields[order.indexOf(column)] ?? '');
  const path = field('path').replaceAll('\\', '/');
  if (path === '') {
    throw new UserError('invalid-labels', labelFileText.noPath(csvPath, line));
  }
  const labels = field('label')
    .split(/[|;]/)
    .map((name) => name.trim())
    .filter((name) => name !== '');
  if (labels.length > 1 && labels.includes(noneOfThem)) {
    throw new UserError('invalid-labels', labelFileText.labelsAndNone(csvPath, noneOfThem, line));
  }
  const isNone = labels.length === 1 && labels[0] === noneOfThem;
  return {
    line,
    path,
    labels: isNone ? [] : [...new Set(labels.map(labelNamed))],
    isLabelled: labels.length > 0,
    group: field('group') || undefined,
    split: field('split') || undefined,
  };
}
