import { join, resolve, sep } from 'node:path';
import type { KeptWatch } from '../../store/queries/watched-folders.ts';
import type { Store } from '../../store/store.ts';
import { takeMarks } from '../image-pool/reading-place.ts';
import { stampOf } from './known-files.ts';

/** So often a file of a watched folder may end what reads it before it is left alone. */
const mostLosses = 2;

/** Where threads note which file they are at. */
export function marksFolder(store: Pick<Store, 'folder'>): string {
  return join(store.folder, 'reading');
}

/**
 * Counts the files that the program was reading when it ended, of those that watched folders would bring in by
 * themselves: else such a file would end it at every start. To be called before anything is read.
 */
export async function countMarkedFiles(store: Store): Promise<void> {
  for (const path of takeMarks(marksFolder(store))) {
    for (const watch of store.watched.list()) {
      if (isOf(watch, path)) await countLoss(store, watch.project, path);
    }
  }
}

/** Counts that a file ended what read it. Gives whether it is now left alone. */
export async function countLoss(store: Store, project: number, path: string): Promise<boolean> {
  const stamp = await stampOf(path);
  if (stamp === null) return false;
  return store.riskyFiles.count(project, { path, ...stamp }) >= mostLosses;
}

/** Files that a watched folder does not bring in by itself, as long as they are as they were, with the reason. */
export async function setAside(store: Store, project: number): Promise<Map<string, string>> {
  const aside = new Map<string, string>();
  for (const { path, losses, ...before } of store.riskyFiles.list(project)) {
    if (losses < mostLosses) continue;
    const stamp = await stampOf(path);
    const isAlike =
      stamp?.bytes === before.bytes &&
      stamp.modified === before.modified &&
      stamp.inode === before.inode;
    if (isAlike) aside.set(path, reasonOf(path, losses));
  }
  return aside;
}

function reasonOf(path: string, losses: number): string {
  return `${path} was set aside: ${losses} times Understudy, or the part of it that reads files, ended or hung while reading it. Replace it with a sound copy, or add its folder again to have it tried once more.`;
}

function isOf({ folder, masks }: KeptWatch, path: string): boolean {
  const below = folder.endsWith(sep) ? folder : folder + sep;
  return path.startsWith(below) || (masks !== null && resolve(masks.source.path) === path);
}
