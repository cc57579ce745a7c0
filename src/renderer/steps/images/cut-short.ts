import type { ImportReport } from '../../../contract/app.ts';

/** What did not come in of a folder whose import was stopped, or ended with the app. */
export function restOf(
  report: ImportReport | undefined,
): { folder: string; rest: number; found: number } | null {
  if (report?.cancelled !== true) return null;
  const { folder, found, added, known, skipped } = report;
  const rest = found - added - known - skipped.length;
  return rest > 0 ? { folder, rest, found } : null;
}
