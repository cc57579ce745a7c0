import { lstat, rm } from 'node:fs/promises';
import { basename, isAbsolute } from 'node:path';
import { temporaryName } from '../formats/write-file.ts';
import type { Store } from '../store/store.ts';

/**
 * Deletes what exports of a process that was killed left unfinished outside the workspace. Whatever the database
 * names, only an ordinary file with the name of our temporary files is deleted. No export may be at work.
 */
export async function clearUnfinishedExports(store: Pick<Store, 'unfinished'>): Promise<void> {
  for (const path of store.unfinished.list()) {
    try {
      await clear(path);
      store.unfinished.end(path);
    } catch (error) {
      // Its disk is not there at present, say: the next opening tries again.
      console.error(error);
    }
  }
}

async function clear(path: string): Promise<void> {
  if (!isAbsolute(path) || path.includes('\0') || !temporaryName.test(basename(path))) return;
  const found = await lstat(path).catch(() => undefined);
  if (found?.isFile() === true) await rm(path, { force: true });
}
