import type { ImportReport } from '../../../contract/app.ts';

/** Counts of an interrupted import; `rest` files were found and not imported. */
export type CutShort = Pick<ImportReport, 'folder' | 'found' | 'added' | 'known' | 'copies'> & {
  readonly rest: number;
};

/** Counts of an import that was stopped, ended with the app or lost files on the way; null if it is complete. */
export function restOf(report: ImportReport | undefined): CutShort | null {
  if (report === undefined) return null;
  const { folder, found, added, known, copies, lost, skipped } = report;
  const all = { folder, found, added, known, copies };
  if (!report.cancelled) return lost > 0 ? { ...all, rest: lost } : null;
  const rest = found - added - known - skipped.length;
  return rest > 0 ? { ...all, rest } : null;
}
