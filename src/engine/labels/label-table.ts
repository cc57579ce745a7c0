import { UserError } from '../../core/errors.ts';
import { csvText } from '../../formats/csv-text.ts';
import { labelCell } from '../../formats/label-rows.ts';
import type { StoredImage } from '../../store/queries/images.ts';
import { breathe } from '../job.ts';
import type { ExportFolder } from './export-folder.ts';
import type { ExportNames } from './export-names.ts';
import type { ExportOutcome } from './export-context.ts';
import type { ClassesOf } from './image-classes.ts';

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
 *
 * @param all images of the project
 */
export async function exportTable(
  all: readonly StoredImage[],
  classesOf: ClassesOf,
  context: TableContext,
): Promise<void> {
  const { folder, names, outcome, signal } = context;
  for (const [place, images] of imagesByFolder(all)) {
    const rows: Row[] = [];
    for (const slices of images.values()) {
      await breathe();
      if (signal.aborted) throw new UserError('cancelled', 'Stopped.');
      addRows(rows, slices, classesOf, outcome);
    }
    const prefix = names.nameOf({ folder: place, name: '' }).replace(/\/$/, '');
    const file = prefix === '' ? 'labels.csv' : `labels-${prefix}.csv`;
    await folder.write(file, Buffer.from(tableText(rows), 'utf8'));
  }
}

/** Images by folder and by file. */
function imagesByFolder(all: readonly StoredImage[]): Map<string, Map<string, StoredImage[]>> {
  const folders = new Map<string, Map<string, StoredImage[]>>();
  for (const image of all) {
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
  classesOf: ClassesOf,
  outcome: ExportOutcome,
): void {
  const written: { row: Row; isLabelled: boolean }[] = [];
  for (const image of slices) {
    const labels = classesOf(image);
    const reason = unwritable(image.name, labels ?? []);
    if (reason !== null) {
      outcome.leave(image, reason);
      continue;
    }
    const label = labels === null ? '' : labelCell(labels);
    const split = image.isTest ? 'test' : 'train';
    const row = { path: image.name, label, split, group: image.group ?? '' };
    written.push({ row, isLabelled: labels !== null });
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
    for (const { row } of written) rows.push(row);
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
