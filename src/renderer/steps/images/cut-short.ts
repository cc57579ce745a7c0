import type { ImportReport } from '../../../contract/app.ts';

/** What did not come in of a folder whose import was stopped, ended with the app, or lost files on the way. */
export function restOf(
  report: ImportReport | undefined,
): { folder: string; rest: number; found: number } | null {
  if (report === undefined) return null;
  const { folder, found, added, known, lost, skipped } = report;
  if (!report.cancelled) return lost > 0 ? { folder, rest: lost, found } : null;
  const rest = found - added - known - skipped.length;
  return rest > 0 ? { folder, rest, found } : null;
}
