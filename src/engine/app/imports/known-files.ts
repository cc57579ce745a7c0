import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { mapConcurrently } from '../../../formats/files/concurrently.ts';
import { hashOfFile } from '../../../formats/files/file-hash.ts';
import type { AddedImage } from '../../../store/queries/images.ts';
import type { KnownFile } from '../../../store/queries/import-files.ts';
import type { Store } from '../../../store/store.ts';
import type { ImageToImport } from './import-images.ts';

/** Size, time and inode, by which a changed file is recognised without reading it. */
export interface FileStamp {
  readonly bytes: number;
  /** Modification time in whole milliseconds since 1970. */
  readonly modified: number;
  /** Inode: two files of equal size and time may have been swapped. */
  readonly inode: number;
}

/** A file's current state, and the state recorded by the last import. */
export interface ComparedFile<File> {
  readonly file: File;
  /** Null if the file cannot be accessed. */
  readonly stamp: FileStamp | null;
  readonly before: KnownFile | undefined;
}

/** Concurrent calls of `stat`. */
const statsAtOnce = 16;

/** Compares files with their recorded state, in order, without reading them. */
export async function compareFiles<File extends { readonly path: string }>(
  store: Store,
  project: number,
  files: readonly File[],
): Promise<ComparedFile<File>[]> {
  const stamps = await mapConcurrently(files, statsAtOnce, ({ path }) => readStamp(path));
  const paths = files.map(({ path }) => path);
  const known = store.importFiles.known(project, paths);
  const byPath = new Map(known.map((one) => [one.path, one]));
  return files.map((file, index) => ({
    file,
    stamp: stamps[index] ?? null,
    before: byPath.get(file.path),
  }));
}

export async function readStamp(path: string): Promise<FileStamp | null> {
  const found = await stat(path).catch(() => undefined);
  return found
    ? { bytes: found.size, modified: Math.round(found.mtimeMs), inode: found.ino }
    : null;
}

/** Returns true if a file has the recorded size, time and inode. */
export function isUnchanged({ stamp, before }: ComparedFile<unknown>): boolean {
  if (stamp === null || before?.bytes !== stamp.bytes) return false;
  return before.modified === stamp.modified && (before.inode ?? stamp.inode) === stamp.inode;
}

/** Returns true if all of a file's images are in the project, so that it does not have to be read. */
export function isInProject(looked: ComparedFile<unknown>): boolean {
  const { before } = looked;
  if (before === undefined || !isUnchanged(looked)) return false;
  return before.images > 0 && before.found.length >= before.images;
}

/** Images of a file that is in the project, with their rows. */
export function imagesOf({
  file,
  before,
}: ComparedFile<ImageToImport>): { image: ImageToImport; row: AddedImage; isElsewhere: boolean }[] {
  return (before?.found ?? []).map(({ id, frame, folder, name }) => ({
    image: frame === null ? file : { ...file, name: `${file.name}#${frame + 1}`, frame },
    row: { id, isNew: false, folder, name },
    isElsewhere: join(folder, frame === null ? name : name.replace(/#\d+$/, '')) !== file.path,
  }));
}

/** Returns true if a file has this content, which requires reading it; false if it cannot be read. */
export async function hasContent(path: string, sha256: Uint8Array): Promise<boolean> {
  try {
    return (await hashOfFile(path)).equals(sha256);
  } catch {
    return false;
  }
}
