import { dirname } from 'node:path';
import { UserError } from '../../core/errors.ts';
import { fileText } from '../../text/index.ts';

/** Returns the operating system's code of a failure (`ENOENT`, `ENOSPC`, …), if it has one. */
export function systemCode(error: unknown): string | undefined {
  if (!(error instanceof Error) || !('code' in error) || !('syscall' in error)) return undefined;
  return typeof error.code === 'string' ? error.code : undefined;
}

/** Returns the error to throw when reading `path` failed: a UserError for a system error, else the error itself. */
export function readFailure(error: unknown, path: string): Error {
  const code = systemCode(error);
  switch (code) {
    case undefined:
      return asError(error);
    case 'ENOENT':
    case 'ENOTDIR':
    case 'ENAMETOOLONG':
      return new UserError('not-found', notFound(path), code);
    case 'EISDIR':
      return new UserError('invalid-file', fileText.isFolder(path), code);
    case 'EACCES':
    case 'EPERM':
      return new UserError('disk', fileText.mayNotRead(path), code);
    default:
      return new UserError('disk', fileText.unreadable(path, code), code);
  }
}

function notFound(path: string): string {
  return isUndecodable(path) ? fileText.nameNotUtf8(path) : fileText.notFound(path);
}

/** Returns true if a name may not be valid UTF-8: its real bytes were lost when it was read. */
export function isUndecodable(name: string): boolean {
  return name.includes('\ufffd');
}

/** Returns the error to throw when writing `path` failed: a UserError for a system error, else the error itself. */
export function writeFailure(error: unknown, path: string): Error {
  const code = systemCode(error);
  if (code === undefined) return asError(error);
  return new UserError('disk', writeSentence(code, path), code);
}

function writeSentence(code: string, path: string): string {
  switch (code) {
    case 'ENOSPC':
    case 'EDQUOT':
      return fileText.diskFull(path);
    case 'EACCES':
    case 'EPERM':
    case 'EROFS':
      return fileText.mayNotWrite(path);
    case 'ENOENT':
    case 'ENOTDIR':
      return fileText.folderMissing(dirname(path));
    case 'EEXIST':
      return fileText.otherKindExists(path);
    case 'EISDIR':
    case 'ERR_FS_EISDIR':
    case 'ENOTEMPTY':
      return fileText.folderAtName(path);
    case 'EBUSY':
      return fileText.inUse(path);
    default:
      return fileText.unwritable(path, code);
  }
}

function asError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error));
}
