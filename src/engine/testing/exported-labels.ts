import type { LabelExportReport } from '../../contract/label-export.ts';
import { pngFile } from '../../formats/testing/image-fixtures.ts';
import { temporaryFolder } from '../../store/testing/temporary-store.ts';
import { exportLabels, type LabelExportOptions } from '../label-export/export-labels.ts';
import type { TestFile, TestProject } from './project-of-files.ts';

const never = new AbortController().signal;

/** Exports the labels of a project; by default its masks as PNG, into a temporary folder. */
export async function exported(
  { store, id }: Pick<TestProject, 'store' | 'id'>,
  change: Partial<LabelExportOptions> = {},
  { signal = never, progress }: { signal?: AbortSignal; progress?: (done: number) => void } = {},
): Promise<LabelExportReport> {
  const folder = temporaryFolder();
  const options = { project: id, format: 'png', which: 'all', folder, ...change } as const;
  return exportLabels(store, options, { signal, progress: progress ?? (() => undefined) });
}

/** Returns a grey PNG of four pixels. */
export function photo(name: string): TestFile {
  const values = [1, 2, 3, 4];
  const bytes = pngFile({ width: 2, height: 2, channels: 1, bits: 8, values });
  return { name, width: 2, height: 2, bytes };
}
