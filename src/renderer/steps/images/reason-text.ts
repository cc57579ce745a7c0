import type { ImportedFile } from '../../../contract/app.ts';
import { baseName } from '../../lib/dropped.ts';

/** Reason for a file's outcome as a sentence beside its name: paths in it are shortened to names. */
export function reasonText({ path, reason }: Pick<ImportedFile, 'path' | 'reason'>): string {
  const name = baseName(path);
  const short = (reason ?? '').replaceAll(path, name).trim();
  if (short === '') return '';
  // File names keep their case.
  const sentence = short.startsWith(name) ? short : short.charAt(0).toUpperCase() + short.slice(1);
  return /[.!?]$/.test(sentence) ? sentence : `${sentence}.`;
}
