import type { LocateReport } from '../../contract/app.ts';
import { count, counted } from '../figures.ts';
import type { TextStyles } from '../text-styles.ts';
import { printable } from '../text.ts';
import { table } from './table.ts';

/** Summarises a search for missing images. */
export function locateReport(report: LocateReport, paint: TextStyles): string {
  const { folder, missing, found, renamed, first } = report;
  const rows = [
    ['Folder', printable(folder)],
    ['Missing before', counted(missing, 'image')],
    ['Found', counted(found, 'image')],
    ...(renamed === 0 ? [] : [['Renamed', count(renamed)]]),
    ...(first === null
      ? []
      : [['Still missing', `${counted(missing - found, 'image')}, first ${printable(first)}`]]),
  ];
  const title = missing === 0 ? 'No image is missing' : 'Images located';
  return [paint.strong(title), '', table(rows, { leftColumns: 2 })].join('\n');
}
