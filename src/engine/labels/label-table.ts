import { UserError } from '../../core/errors.ts';
import { csvText } from '../../formats/csv-text.ts';
import { labelCell } from '../../formats/label-rows.ts';
import type { StoredImage } from '../../store/queries/images.ts';
import type { Store } from '../../store/store.ts';
import { breathe } from '../job.ts';
import type { ExportFolder } from './export-folder.ts';
import type { ExportNames } from './export-names.ts';
import type { ExportOutcome } from './export-context.ts';

/** What a table of labels is written from. */
export interface TableContext {
  readonly folder: ExportFolder;
  readonly names: ExportNames;
  readonly signal: AbortSignal;
  readonly outcome: ExportOutcome;
}

/** A file's row: its slices share it where all of them have the same labels, group and side. */
interface Row {
  readonly path: string;
  readonly label: string;
  readonly split: string;
  readonly group: string;
}

/**
 * Classes of whole images as the table that an import reads (`path,label,split,group`), one for each folder
 * that images came from, since paths are relative to it: `labels.csv`. Unlabelled images are in it, with
 * their group and side.
 */
export async function exportTable(
  store: Store,
  project: number,
  context: TableContext,
): Promise<void> {
  const { folder, names, outcome, signal } = context;
  const classNames = new Map(store.classes.list(project).map(({ id, name }) => [id, name]));
  for (const [place, images] of imagesByFolder(store, project)) {
    const rows: Row[] = [];
    for (const slices of images.values()) {
      await breathe();
      if (signal.aborted) throw new UserError('cancelled', 'Stopped.');
      addRows(rows, slices, classNames, outcome);
    }
    const prefix = names.nameOf({ folder: place, name: '' }).replace(/\/$/, '');
    const file = prefix === '' ? 'labels.csv' : `labels-${prefix}.csv`;
    await folder.write(file, Buffer.from(tableText(rows), 'utf8'));
  }
}

/** Images by folder and by file. */
function imagesByFolder(store: Store, project: number): Map<string, Map<string, StoredImage[]>> {
  const folders = new Map<string, Map<string, StoredImage[]>>();
  for (const image of store.images.all(project)) {
    const files = folders.get(image.folder) ?? new Map<string, StoredImage[]>();
    folders.set(image.folder, files);
    const slices = files.get(image.path);
    if (slices) slices.push(image);
    else files.set(image.path, [image]);
  }
  return folders;
}

function addRows(
  rows: Row[],
  slices: readonly StoredImage[],
  classNames: ReadonlyMap<number, string>,
  outcome: ExportOutcome,
): void {
  const written: { row: Row; isLabelled: boolean }[] = [];
  for (const image of slices) {
    const labels = image.classes.map((id) => classNames.get(id) ?? '');
    const reason = unwritable(image.name, labels);
    if (reason !== null) {
      outcome.leave(image, reason);
      continue;
    }
    const label = image.isLabelled ? labelCell(labels) : '';
    const split = image.isTest ? 'test' : 'train';
    const row = { path: image.name, label, split, group: image.group ?? '' };
    written.push({ row, isLabelled: image.isLabelled });
  }
  const [first] = written;
  if (first === undefined) return;
  outcome.wrote(written.filter(({ isLabelled }) => isLabelled).length);
  outcome.passed(written.filter(({ isLabelled }) => !isLabelled).length);
  const said = new Set(written.map(({ row }) => JSON.stringify({ ...row, path: '' })));
  if (slices.length === 1) {
    rows.push(first.row);
  } else if (said.size === 1 && written.length === slices.length) {
    rows.push({ ...first.row, path: first.row.path.replace(/#\d+$/, '') });
  } else {
    rows.push(...written.map(({ row }) => row));
    outcome.note(
      'Some files have slices with different labels: each slice has its row, named file#number. An import takes rows of whole files only.',
    );
  }
}

/** What the table could not say so that it is read back the same. */
function unwritable(name: string, labels: readonly string[]): string | null {
  const bad = labels.find((label) => /[|;]/.test(label));
  if (bad !== undefined) {
    return `its class is called “${bad}”, which a table would take for several; give the class another name`;
  }
  return name.includes('\\') ? 'its name has a backslash, which a table takes for a folder' : null;
}

function tableText(rows: readonly Row[]): string {
  const lines = rows.map(({ path, label, split, group }) => [path, label, split, group]);
  return csvText([['path', 'label', 'split', 'group'], ...lines], { recordDelimiter: 'unix' });
}
