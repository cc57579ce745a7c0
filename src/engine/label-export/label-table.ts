import { UserError } from '../../core/errors.ts';
import { csvText } from '../../formats/labels/csv-text.ts';
import { labelCell } from '../../formats/labels/label-rows.ts';
import type { StoredImage } from '../../store/queries/images.ts';
import { commonText, exportNoteText } from '../../text/index.ts';
import { breathe } from '../job.ts';
import type { ExportFolder } from './export-folder.ts';
import type { ExportNames } from './export-names.ts';
import type { ExportOutcome } from './export-context.ts';
import type { ClassesOf } from './image-classes.ts';

/** Output and reporting of a label table. */
export interface TableContext {
  readonly folder: ExportFolder;
  readonly names: ExportNames;
  readonly signal: AbortSignal;
  readonly outcome: ExportOutcome;
}

/** Row of a file; its slices share it if all have the same labels, group and split. */
interface Row {
  readonly path: string;
  readonly label: string;
  readonly split: string;
  readonly group: string;
}

/**
 * Writes classes of whole images in the table format that an import reads (`path,label,split,group`): one
 * `labels.csv` for each imported folder, since paths are relative to it. Unlabelled images are included, with group
 * and split.
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
      if (signal.aborted) throw new UserError('cancelled', commonText.stopped);
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
    outcome.note(exportNoteText.slicesDiffer);
  }
}

/** Returns the reason why the table could not be read back unchanged; null if it can. */
function unwritable(name: string, labels: readonly string[]): string | null {
  const bad = labels.find((label) => /[|;]/.test(label));
  if (bad !== undefined) {
    return exportNoteText.classWithSeparator(bad);
  }
  return name.includes('\\') ? exportNoteText.nameWithBackslash : null;
}

function tableText(rows: readonly Row[]): string {
  const lines = rows.map(({ path, label, split, group }) => [path, label, split, group]);
  return csvText([['path', 'label', 'split', 'group'], ...lines], { recordDelimiter: 'unix' });
}
