import { resolve } from 'node:path';
import type { FileFilter, FileOutcome, ImportedFile } from '../../../contract/app.ts';
import { csvText } from '../../../formats/labels/csv-text.ts';
import { writeFileAtomically } from '../../../formats/files/write-file.ts';
import type { Store } from '../../../store/store.ts';
import { requireOutside } from '../../files/outside.ts';
import { exportMode } from '../../files/private-files.ts';

/** Number of rows that are encoded together. */
const batch = 1000;

const outcomeTexts: Readonly<Record<FileOutcome, string>> = {
  added: 'imported',
  known: 'known',
  moved: 'moved',
  skipped: 'skipped',
  other: 'not an image',
};

/**
 * Writes the outcomes of files as CSV (RFC 4180, UTF-8 with a byte order mark, without which spreadsheets assume
 * another encoding; see `csvText`).
 *
 * @throws UserError 'disk', 'invalid-option' if the file is inside the workspace
 */
export async function saveFileReport(
  store: Store,
  project: number,
  filter: FileFilter,
  path: string,
): Promise<{ file: string; rows: number }> {
  const file = resolve(path);
  await requireOutside(store.folder, file);
  let rows = 0;
  const counted = (function* () {
    for (const row of store.importFiles.all(project, filter)) {
      rows++;
      yield row;
    }
  })();
  await writeFileAtomically(file, csvOf(counted), {
    mode: exportMode(),
    journal: store.unfinished,
  });
  return { file, rows };
}

/** Encodes files as chunks of CSV. */
export function* csvOf(files: Iterable<ImportedFile>): Generator<Uint8Array> {
  const encoder = new TextEncoder();
  yield encoder.encode(`\u{feff}${csvText([['folder', 'file', 'result', 'reason']])}`);
  let rows: string[][] = [];
  for (const { folder, name, outcome, reason } of files) {
    rows.push([folder ?? '', name, outcomeTexts[outcome], reason ?? '']);
    if (rows.length < batch) continue;
    yield encoder.encode(csvText(rows));
    rows = [];
  }
  yield encoder.encode(csvText(rows));
}
