import { join } from 'node:path';
import { UserError } from '../core/errors.ts';
import { Connection } from './connection.ts';
import { makePrivateFile } from './workspace-files.ts';

const lockName = 'understudy.lock';

/**
 * Takes a workspace for this process, and returns what lets it go.
 *
 * The lock is an open exclusive transaction on an empty database beside the real one. The operating
 * system holds it, so it ends with the process however that ends, and there is no process number to
 * guess about, which a stale lock file would need. It is a file of its own, and not `locking_mode` of
 * the real database, so that it covers what comes before that is opened for writing (checks, copies,
 * migrations), and so that other programs may still read a workspace that is open. The file is never
 * deleted: another process could hold the deleted one, and a third a new one.
 *
 * @throws UserError 'in-use' when another process has it, 'disk' when nothing can be written there
 */
export function takeLock(folder: string): () => void {
  return lockFile(
    join(folder, lockName),
    `The workspace ${folder} is open in another window of Understudy. Close it there, or choose another folder.`,
  );
}

/**
 * The lock itself, on any file.
 *
 * @param inUse the sentence for whoever comes second
 */
export function lockFile(file: string, inUse: string): () => void {
  makePrivateFile(file);
  const lock = new Connection(file);
  try {
    // In memory, else an empty journal lies about after a crash.
    lock.pragma('journal_mode = MEMORY');
    lock.execute('BEGIN EXCLUSIVE');
  } catch (error) {
    lock.close();
    if (!(error instanceof UserError) || error.code !== 'in-use') throw error;
    throw new UserError('in-use', inUse, error.details);
  }
  return () => {
    lock.close();
  };
}
