import { basename, dirname } from 'node:path';
import Database from 'better-sqlite3';
import { UserError } from '../core/errors.ts';

/** What to throw when SQLite failed on `file`: a sentence where a person can act, else the error itself. */
export function databaseFailure(error: unknown, file: string): unknown {
  if (!(error instanceof Database.SqliteError)) return error;
  const { code } = error;
  const details = `${code}: ${error.message}`;
  // Extended codes begin with the plain one: SQLITE_IOERR_WRITE.
  switch (code.split('_', 2)[1] ?? '') {
    case 'FULL':
      return new UserError(
        'disk',
        `The disk is full, so the last change was not saved in ${dirname(file)}. Free some space and try again.`,
        details,
      );
    case 'IOERR':
      return new UserError(
        'disk',
        `The disk failed while ${file} was read or written. Check the disk and its free space, then try again.`,
        details,
      );
    case 'READONLY':
    case 'CANTOPEN':
    case 'PERM':
      return new UserError(
        'disk',
        `${file} could not be opened for writing. Check the permissions of its folder or choose another one.`,
        details,
      );
    case 'BUSY':
    case 'LOCKED':
      return new UserError(
        'in-use',
        `${file} is in use by another program. Close it there and try again.`,
        details,
      );
    case 'NOTADB':
    case 'CORRUPT':
    case 'TOOBIG': // Nothing that is written here comes near SQLite's limit, half a gigabyte.
      return damage(file, details);
    case 'ERROR':
      return isOfValues(error.message) ? damage(file, details) : error;
    default:
      // Something was added to a row that has gone, say to a project that was removed meanwhile.
      if (code !== 'SQLITE_CONSTRAINT_FOREIGNKEY') return error;
      return new UserError(
        'not-found',
        'What this belongs to was removed meanwhile. Open the project again and look.',
        details,
      );
  }
}

/** Whether a query failed on what is stored, and not on what was asked: numbers are bounded and JSON is checked when written. */
function isOfValues(message: string): boolean {
  return message === 'integer overflow' || message === 'malformed JSON';
}

/** The refusal of a database that is none, or whose content makes no sense. */
export function damage(file: string, details: string): UserError {
  return new UserError(
    'invalid-file',
    `${basename(file)} in ${dirname(file)} is damaged or no database. Put a copy of it back, or move it away to begin anew; images are not in it.`,
    details,
  );
}

/**
 * The refusal of a database whose tables are not as this program makes them.
 *
 * @param difference behind “it has”: an unknown trigger changed_labels
 */
export function changedElsewhere(file: string, difference: string): UserError {
  return new UserError(
    'invalid-file',
    `${basename(file)} in ${dirname(file)} is damaged or was changed by another program: it has ${difference}. Put a backup of it back, or move it away to begin anew; images are not in it.`,
  );
}

/** The refusal of a folder that cannot hold a workspace. */
export function folderFailure(error: unknown, folder: string): unknown {
  if (!(error instanceof Error) || !('code' in error) || error instanceof UserError) return error;
  return new UserError(
    'disk',
    `The folder ${folder} could not be created or written. Check its permissions and the disk, or choose another one.`,
    String(error.code),
  );
}

/** The refusal of a workspace that was there and is no more. */
export function goneFailure(folder: string): UserError {
  return new UserError(
    'not-found',
    `The projects in ${folder} are no longer there: the folder was moved, renamed, emptied or removed, or its disk was taken out. Put it back and start the engine again, or choose another folder.`,
  );
}

/** The answer to an id that is none, or no more. */
export function notFound(
  what: 'project' | 'class' | 'image' | 'teacher' | 'run',
  id: number,
): UserError {
  return new UserError(
    'not-found',
    `The ${what} with number ${id} is not here. It may have been removed meanwhile: open the project again and look.`,
  );
}
