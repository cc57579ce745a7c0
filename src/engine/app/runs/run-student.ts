import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { UserError } from '../../../core/errors.ts';
import type { Store } from '../../../store/store.ts';
import { folderOfRun } from './runs.ts';

/**
 * Returns the ONNX file of a finished run's student.
 *
 * @param missing message if the file is missing
 * @throws UserError 'not-found'
 */
export async function studentFile(
  store: Store,
  run: number,
  missing: (file: string) => string,
): Promise<string> {
  const file = join(folderOfRun(store, run), 'student.onnx');
  if (await stat(file).catch(() => undefined)) return file;
  throw new UserError('not-found', missing(file));
}

/**
 * Refuses work with a student while a run of its project computes.
 *
 * @throws UserError 'in-use' with this message
 */
export function requireNoRunning(store: Store, project: number, message: string): void {
  if (store.runs.list(project).some(({ state }) => state === 'running')) {
    throw new UserError('in-use', message);
  }
}
