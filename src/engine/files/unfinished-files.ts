import { lstat, rm } from 'node:fs/promises';
import { basename, isAbsolute } from 'node:path';
import { temporaryName } from '../../formats/files/write-file.ts';
import type { Store } from '../../store/store.ts';

/**
 * Deletes the unfinished files that exports of killed processes left outside the workspace. Whatever the database
 * names, only an ordinary file with the name pattern of our temporary files is deleted. No export may be running.
 */
export async function clearUnfinishedExports(store: Pick<Store, 'unfinished'>): Promise<void> {
  for (const path of store.unfinished.list()) {
    try {
      await clear(path);
      store.unfinished.end(path);
    } catch (error) {
      // The disk may be disconnected, for example: the next opening tries again.
      console.error(error);
    }
  }
}

async function clear(path: string): Promise<void> {
  if (!isAbsolute(path) || path.includes('\0') || !temporaryName.test(basename(path))) return;
  const found = await lstat(path).catch(() => undefined);
  if (found?.isFile() === true) await rm(path, { force: true });
}
