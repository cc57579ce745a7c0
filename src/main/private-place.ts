import { chmodSync, lstatSync, mkdirSync } from 'node:fs';
import process from 'node:process';

/** Creates one of our folders if it is missing, and denies other users access. */
export function makePrivateFolder(path: string): void {
  mkdirSync(path, { recursive: true, mode: 0o700 });
  makePrivate(path, 0o700);
}

/**
 * Denies other users access to one of our files or folders, whatever the umask is; links and foreign files stay
 * unchanged.
 */
export function makePrivate(path: string, mode: 0o600 | 0o700): void {
  if (process.platform === 'win32') return;
  try {
    const found = lstatSync(path);
    const isOurs = found.uid === process.getuid?.() && !found.isSymbolicLink();
    if (isOurs && (found.mode & 0o777) !== mode) chmodSync(path, mode);
  } catch {
    // It does not exist, or its disk has no permissions.
  }
}
