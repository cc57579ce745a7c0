import type { LabelExportReport } from '../../contract/label-export.ts';
import { count, counted } from '../figures.ts';
import type { TextStyles } from '../text-styles.ts';
import { printable } from '../text.ts';
import { noteItems } from './notes.ts';
import { table } from './table.ts';

const notesShown = 20;

/** Summarises the labels exported from a project. */
export function labelsReport(report: LabelExportReport, paint: TextStyles): string {
  const { folder, files, images, unmarked, leftOut, notes } = report;
  const rows = [
    ['Folder', printable(folder)],
    ['Files', count(files.length)],
    ['Exported', counted(images, 'image')],
    ...(unmarked === 0 ? [] : [['Without labels', counted(unmarked, 'image')]]),
    ['Left out', leftOut.length === 0 ? 'nothing' : counted(leftOut.length, 'image')],
  ];
  const shown = noteItems(notes.slice(0, notesShown));
  const more =
    notes.length > shown.length ? [`  and ${count(notes.length - shown.length)} more`] : [];
  return [
    paint.strong('Labels exported'),
    '',
    table(rows, { leftColumns: 2 }),
    ...(shown.length === 0 ? [] : ['', paint.attention('Notes:'), ...shown, ...more]),
  ].join('\n');
}
