import { join } from 'node:path';
import { UserError } from '../core/errors.ts';
import { databaseText } from '../text/index.ts';
import { Connection } from './connection.ts';
import { makePrivateFile } from './workspace-files.ts';

const lockName = 'understudy.lock';

/**
 * Locks a workspace for this process, and returns the function that unlocks it.
 *
 * The lock is an open exclusive transaction on an empty database next to the real one. The operating
 * system holds it, so it ends with the process however that ends; a lock file with a process number could be
 * stale. It is a separate file, and not `locking_mode` of the real database, so that it also covers the steps
 * before that is opened for writing (checks, copies, migrations), and so that other programs can still read an
 * open workspace. The file is never deleted: one process could hold the deleted file, and another a new one.
 *
 * @throws UserError 'in-use' if another process has it, 'disk' if nothing can be written there
 */
export function takeLock(folder: string): () => void {
  return lockFile(join(folder, lockName), databaseText.openElsewhere(folder));
}

/**
 * Locks any file in this way.
 *
 * @param inUse message for the case that another process has the lock
 */
export function lockFile(file: string, inUse: string): () => void {
  makePrivateFile(file);
  const lock = new Connection(file);
  try {
    // In memory, since a journal file would remain after a crash.
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
