import { basename, dirname } from 'node:path';
import Database from 'better-sqlite3';
import { UserError } from '../core/errors.ts';
import { databaseText, recordText } from '../text/index.ts';

/** Converts an error of SQLite on `file` to a message if the user can act on it, else returns the error itself. */
export function databaseFailure(error: unknown, file: string): unknown {
  if (!(error instanceof Database.SqliteError)) return error;
  const { code } = error;
  const details = `${code}: ${error.message}`;
  // Extended codes begin with the basic one: SQLITE_IOERR_WRITE.
  switch (code.split('_', 2)[1] ?? '') {
    case 'FULL':
      return new UserError('disk', databaseText.diskFull(dirname(file)), details);
    case 'IOERR':
      return new UserError('disk', databaseText.diskFailed(file), details);
    case 'READONLY':
    case 'CANTOPEN':
    case 'PERM':
      return new UserError('disk', databaseText.notWritable(file), details);
    case 'BUSY':
    case 'LOCKED':
      return new UserError('in-use', databaseText.inUse(file), details);
    case 'NOTADB':
    case 'CORRUPT':
    case 'TOOBIG': // No value written here comes near SQLite's limit of half a gigabyte.
      return damageError(file, details);
    case 'ERROR':
      return isDataError(error.message) ? damageError(file, details) : error;
    default:
      // A row refers to one that has been removed, such as a project that was removed in the meantime.
      if (code !== 'SQLITE_CONSTRAINT_FOREIGNKEY') return error;
      return new UserError('not-found', recordText.removedMeanwhile, details);
  }
}

/** Returns true if stored values made a query fail: numbers are bounded and JSON is checked when they are written. */
function isDataError(message: string): boolean {
  return message === 'integer overflow' || message === 'malformed JSON';
}

/** Returns the error for a file that is not a database, or whose content is damaged. */
export function damageError(file: string, details: string): UserError {
  return new UserError(
    'invalid-file',
    databaseText.damaged({ name: basename(file), folder: dirname(file) }),
    details,
  );
}

/**
 * Returns the error for a database whose tables differ from those that this program creates.
 *
 * @param difference one of `databaseText`
 */
export function changedSchemaError(file: string, difference: string): UserError {
  return new UserError(
    'invalid-file',
    databaseText.changed({ name: basename(file), folder: dirname(file) }, difference),
  );
}

/** Returns the error for a folder that cannot hold a workspace. */
export function folderFailure(error: unknown, folder: string): unknown {
  if (!(error instanceof Error) || !('code' in error) || error instanceof UserError) return error;
  return new UserError('disk', databaseText.folderNotWritable(folder), String(error.code));
}

/** Returns the error for an open workspace that no longer exists. */
export function missingWorkspaceError(folder: string): UserError {
  return new UserError('not-found', databaseText.folderMissing(folder));
}

/** Returns the error for an id that does not exist, or no longer exists. */
export function notFoundError(
  what: 'project' | 'class' | 'image' | 'teacher' | 'run',
  id: number,
): UserError {
  return new UserError('not-found', recordText.notFound(what, id));
}
