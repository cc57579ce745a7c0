import { stat } from 'node:fs/promises';
import { mapConcurrently } from '../../formats/files/concurrently.ts';
import { hashOfFile } from '../../formats/files/file-hash.ts';

/** State of a file when it was imported. */
export interface FileFingerprint {
  readonly path: string;
  /** SHA-256 of the content. */
  readonly sha256: Uint8Array;
  /**
   * Size in bytes and modification time (ms since 1970); a file with both unchanged need not be read.
   */
  readonly bytes?: number;
  readonly modified?: number;
}

/** State of a file compared with its import. An unreadable file counts as `same`. */
export type FileState = 'same' | 'changed' | 'missing';

/**
 * Compares files with their state at import, one result each, in the same order. Only files with another size, time or
 * inode are read: two files of equal size and time may have been swapped.
 *
 * @param inodes inodes at import, by path
 */
export function fileStates(
  files: readonly FileFingerprint[],
  inodes: ReadonlyMap<string, number> = new Map(),
): Promise<FileState[]> {
  // Slices of one file share one check.
  const checks = new Map<string, Promise<FileState>>();
  return mapConcurrently(files, 16, (file) => {
    const key = `${file.path}\n${Buffer.from(file.sha256).toString('hex')}`;
    const check = checks.get(key) ?? stateOf(file, inodes.get(file.path));
    checks.set(key, check);
    return check;
  });
}

async function stateOf(
  { path, sha256, bytes, modified }: FileFingerprint,
  inode: number | undefined,
): Promise<FileState> {
  const found = await stat(path).catch(() => undefined);
  if (!found) return 'missing';
  const isAlike = found.size === bytes && Math.round(found.mtimeMs) === modified;
  if (isAlike && found.ino === (inode ?? found.ino)) return 'same';
  const hash = await hashOfFile(path).catch(() => undefined);
  // Decoding reports errors in the file.
  if (!hash) return 'same';
  return hash.equals(sha256) ? 'same' : 'changed';
}
