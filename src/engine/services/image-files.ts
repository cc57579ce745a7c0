import { stat } from 'node:fs/promises';
import { mapConcurrently } from '../../formats/concurrently.ts';
import { hashOfFile } from '../../formats/file-hash.ts';

/** A file as it was when it came in. */
export interface KnownFile {
  readonly path: string;
  /** Of its content. */
  readonly sha256: Uint8Array;
  /** Bytes and time (ms since 1970), by which a file that is as it was need not be read. */
  readonly bytes?: number;
  readonly modified?: number;
}

/** Whether a file is what it was, something else, or not there. One that cannot be read is as it was. */
export type FileState = 'same' | 'changed' | 'missing';

/**
 * Looks at files, one answer each, in the same order. Only those with another size or time are read, and
 * those that are another file of the disk: two of one size and time may have been exchanged.
 *
 * @param inodes by path, as files were when they came in
 */
export function fileStates(
  files: readonly KnownFile[],
  inodes: ReadonlyMap<string, number> = new Map(),
): Promise<FileState[]> {
  // Slices of one file are told of by one look.
  const looks = new Map<string, Promise<FileState>>();
  return mapConcurrently(files, 16, (file) => {
    const key = `${file.path}\n${Buffer.from(file.sha256).toString('hex')}`;
    const look = looks.get(key) ?? stateOf(file, inodes.get(file.path));
    looks.set(key, look);
    return look;
  });
}

async function stateOf(
  { path, sha256, bytes, modified }: KnownFile,
  inode: number | undefined,
): Promise<FileState> {
  const found = await stat(path).catch(() => undefined);
  if (!found) return 'missing';
  const isAlike = found.size === bytes && Math.round(found.mtimeMs) === modified;
  if (isAlike && found.ino === (inode ?? found.ino)) return 'same';
  const hash = await hashOfFile(path).catch(() => undefined);
  // What is wrong with it shows when it is decoded.
  if (!hash) return 'same';
  return hash.equals(sha256) ? 'same' : 'changed';
}
