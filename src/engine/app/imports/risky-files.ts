import { join, resolve, sep } from 'node:path';
import type { StoredWatch } from '../../../store/queries/watched-folders.ts';
import type { Store } from '../../../store/store.ts';
import { takeMarks } from '../../image-pool/reading-place.ts';
import { readStamp } from './known-files.ts';
import { fileNoteText } from '../../../text/index.ts';

/** Crashes that a file of a watched folder may cause before it is set aside. */
const mostLosses = 2;

/** Returns the folder where threads record their current file. */
export function marksFolder(store: Pick<Store, 'folder'>): string {
  return join(store.folder, 'reading');
}

/**
 * Counts the files that the program was reading when it crashed, among those that watched folders would import: such
 * a file would crash it at every start. Must be called before anything is read.
 */
export async function countMarkedFiles(store: Store): Promise<void> {
  for (const path of takeMarks(marksFolder(store))) {
    for (const watch of store.watched.list()) {
      if (isOf(watch, path)) await countLoss(store, watch.project, path);
    }
  }
}

/** Counts a crash caused by a file. Returns true if it is now set aside. */
export async function countLoss(store: Store, project: number, path: string): Promise<boolean> {
  const stamp = await readStamp(path);
  if (stamp === null) return false;
  return store.riskyFiles.count(project, { path, ...stamp }) >= mostLosses;
}

/** Files that a watched folder does not import as long as they are unchanged, with the reason. */
export async function filesSetAside(store: Store, project: number): Promise<Map<string, string>> {
  const aside = new Map<string, string>();
  for (const { path, losses, ...before } of store.riskyFiles.list(project)) {
    if (losses < mostLosses) continue;
    const stamp = await readStamp(path);
    const isAlike =
      stamp?.bytes === before.bytes &&
      stamp.modified === before.modified &&
      stamp.inode === before.inode;
    if (isAlike) aside.set(path, fileNoteText.crashedProgram(path, losses));
  }
  return aside;
}

function isOf({ folder, masks }: StoredWatch, path: string): boolean {
  const below = folder.endsWith(sep) ? folder : folder + sep;
  return path.startsWith(below) || (masks !== null && resolve(masks.source.path) === path);
}
