import { dirname } from 'node:path';
import { UserError } from '../core/errors.ts';

/** The operating system's code of a failure (`ENOENT`, `ENOSPC`, …), if it has one. */
export function systemCode(error: unknown): string | undefined {
  if (!(error instanceof Error) || !('code' in error) || !('syscall' in error)) return undefined;
  return typeof error.code === 'string' ? error.code : undefined;
}

/** What to throw when reading `path` failed: a sentence for a system error, else the error itself. */
export function readFailure(error: unknown, path: string): Error {
  const code = systemCode(error);
  switch (code) {
    case undefined:
      return asError(error);
    case 'ENOENT':
    case 'ENOTDIR':
    case 'ENAMETOOLONG':
      return new UserError('not-found', `${path} was not found. Check the path.`, code);
    case 'EISDIR':
      return new UserError('invalid-file', `${path} is a folder, not a file. Name a file.`, code);
    case 'EACCES':
    case 'EPERM':
      return new UserError('disk', `${path} may not be read. Check its permissions.`, code);
    default:
      return new UserError('disk', `${path} could not be read (${code}). Check the disk.`, code);
  }
}

/** What to throw when writing `path` failed: a sentence for a system error, else the error itself. */
export function writeFailure(error: unknown, path: string): Error {
  const code = systemCode(error);
  if (code === undefined) return asError(error);
  return new UserError('disk', writeSentence(code, path), code);
}

function writeSentence(code: string, path: string): string {
  switch (code) {
    case 'ENOSPC':
    case 'EDQUOT':
      return `The disk is full, so ${path} was not written. Free some space or choose another folder.`;
    case 'EACCES':
    case 'EPERM':
    case 'EROFS':
      return `${path} may not be written there. Check the permissions or choose another folder.`;
    case 'ENOENT':
    case 'ENOTDIR':
      return `There is no folder ${dirname(path)} to write into. Create it or choose another folder.`;
    case 'EEXIST':
      return `${path} exists already and is of another kind (a file where a folder is needed, or the other way round). Choose another name.`;
    case 'EISDIR':
    case 'ERR_FS_EISDIR':
    case 'ENOTEMPTY':
      return `${path} is a folder, so no file can be written there. Choose another name.`;
    case 'EBUSY':
      return `${path} is in use by another program. Close it there and try again.`;
    default:
      return `${path} could not be written (${code}). Check the disk or choose another folder.`;
  }
}

function asError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error));
}
