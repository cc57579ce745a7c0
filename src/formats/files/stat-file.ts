import type { Stats } from 'node:fs';
import { stat } from 'node:fs/promises';
import { UserError } from '../../core/errors.ts';
import { fileText } from '../../text/index.ts';
import { readFailure } from './file-errors.ts';

/**
 * Looks at a file before it is opened: opening a pipe waits for whoever writes to it, and a device may never end.
 *
 * @throws UserError 'not-found', 'disk', 'invalid-file' for a pipe, a device or a socket; a folder passes, as reading
 * one fails with a message of its own
 */
export async function statFile(path: string): Promise<Stats> {
  const found = await stat(path).catch((error: unknown) => {
    throw readFailure(error, path);
  });
  if (found.isFile() || found.isDirectory()) return found;
  throw new UserError('invalid-file', fileText.notAFile(path));
}
