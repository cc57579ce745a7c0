import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { mapConcurrently } from '../../formats/concurrently.ts';
import { hashOfFile } from '../../formats/file-hash.ts';
import type { AddedImage } from '../../store/queries/images.ts';
import type { KnownFile } from '../../store/queries/import-files.ts';
import type { Store } from '../../store/store.ts';
import type { ImageToImport } from './import-images.ts';

/** How a file is told from one that was changed, without reading it. */
export interface FileStamp {
  readonly bytes: number;
  /** Milliseconds since 1970, whole. */
  readonly modified: number;
  /** Two files of one size and time may have been exchanged: each is the same file under another name. */
  readonly inode: number;
}

/** A file as it is now, and as it was when it was looked at last. */
export interface LookedAt<File> {
  readonly file: File;
  /** Null where it cannot be looked at. */
  readonly stamp: FileStamp | null;
  readonly before: KnownFile | undefined;
}

/** Looked at, at a time: one question to the system each. */
const looksAtOnce = 16;

/** Looks at files, in their order; none is read. */
export async function lookAtFiles<File extends { readonly path: string }>(
  store: Store,
  project: number,
  files: readonly File[],
): Promise<LookedAt<File>[]> {
  const stamps = await mapConcurrently(files, looksAtOnce, ({ path }) => stampOf(path));
  const paths = files.map(({ path }) => path);
  const known = store.importFiles.known(project, paths);
  const byPath = new Map(known.map((one) => [one.path, one]));
  return files.map((file, index) => ({
    file,
    stamp: stamps[index] ?? null,
    before: byPath.get(file.path),
  }));
}

export async function stampOf(path: string): Promise<FileStamp | null> {
  const found = await stat(path).catch(() => undefined);
  return found
    ? { bytes: found.size, modified: Math.round(found.mtimeMs), inode: found.ino }
    : null;
}

/** Whether it is the file that it was, with the size and the time that it had. */
export function isUnchanged({ stamp, before }: LookedAt<unknown>): boolean {
  if (stamp === null || before?.bytes !== stamp.bytes) return false;
  return before.modified === stamp.modified && (before.inode ?? stamp.inode) === stamp.inode;
}

/** Whether all of a file's images are in the project, and it need not be read. */
export function isInProject(looked: LookedAt<unknown>): boolean {
  const { before } = looked;
  if (before === undefined || !isUnchanged(looked)) return false;
  return before.images > 0 && before.found.length >= before.images;
}

/** The images of a file that is in the project, each with what the store has of it. */
export function imagesOf({
  file,
  before,
}: LookedAt<ImageToImport>): { image: ImageToImport; row: AddedImage; isElsewhere: boolean }[] {
  return (before?.found ?? []).map(({ id, frame, folder, name }) => ({
    image: frame === null ? file : { ...file, name: `${file.name}#${frame + 1}`, frame },
    row: { id, isNew: false, folder, name },
    isElsewhere: join(folder, frame === null ? name : name.replace(/#\d+$/, '')) !== file.path,
  }));
}

/** Whether a file has a content, which takes reading it; false where it cannot be read. */
export async function hasContent(path: string, sha256: Uint8Array): Promise<boolean> {
  try {
    return (await hashOfFile(path)).equals(sha256);
  } catch {
    return false;
  }
}
