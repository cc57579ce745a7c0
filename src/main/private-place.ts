import { chmodSync, lstatSync, mkdirSync } from 'node:fs';
import process from 'node:process';

/** Makes a folder of ours where it is missing, and closes it to other users of this computer. */
export function makePrivateFolder(path: string): void {
  mkdirSync(path, { recursive: true, mode: 0o700 });
  makePrivate(path, 0o700);
}

/** Closes a file or folder of ours to other users, whatever the umask is; links and what is not ours stay. */
export function makePrivate(path: string, mode: 0o600 | 0o700): void {
  if (process.platform === 'win32') return;
  try {
    const found = lstatSync(path);
    const isOurs = found.uid === process.getuid?.() && !found.isSymbolicLink();
    if (isOurs && (found.mode & 0o777) !== mode) chmodSync(path, mode);
  } catch {
    // It is not there, or its disk knows no permissions.
  }
}
