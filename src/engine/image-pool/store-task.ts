import { renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { threadId } from 'node:worker_threads';
import { systemCode, writeFailure } from '../../formats/file-errors.ts';
import { makeFolder } from '../../formats/make-folder.ts';
import type { TaskContext } from './task.ts';

export interface StoreRequest {
  readonly files: readonly FileToStore[];
  /** A folder above them that must be there; others are made. */
  readonly within: string;
}

interface FileToStore {
  /** Absolute. */
  readonly file: string;
  readonly bytes: Uint8Array;
}

/**
 * Writes files that can be made again: each as a whole or not at all, without waiting for the disk, and
 * without going through the event loop for each step, which takes several times as long.
 *
 * @throws UserError 'disk'
 */
export async function storeFiles(
  { files, within }: StoreRequest,
  { alive }: TaskContext,
): Promise<null> {
  for (const { file, bytes } of files) {
    alive();
    try {
      store(file, bytes);
    } catch (error) {
      if (systemCode(error) !== 'ENOENT') throw writeFailure(error, file);
      await makeFolder(dirname(file), within);
      storeOrTell(file, bytes);
    }
  }
  return null;
}

function storeOrTell(file: string, bytes: Uint8Array): void {
  try {
    store(file, bytes);
  } catch (error) {
    throw writeFailure(error, file);
  }
}

function store(file: string, bytes: Uint8Array): void {
  // What two threads write at a time is the same, but neither may take the other's away.
  const temporary = `${file}.${threadId}.partial`;
  try {
    writeFileSync(temporary, bytes);
    renameSync(temporary, file);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw error;
  }
}
