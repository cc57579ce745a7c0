import { renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { threadId } from 'node:worker_threads';
import { systemCode, writeFailure } from '../../formats/files/file-errors.ts';
import { makeFolder } from '../../formats/files/make-folder.ts';
import type { TaskContext } from './task.ts';

export interface StoreRequest {
  readonly files: readonly FileToStore[];
  /** Existing ancestor folder; missing folders below it are created. */
  readonly within: string;
}

interface FileToStore {
  /** Absolute path. */
  readonly file: string;
  readonly bytes: Uint8Array;
}

/**
 * Writes files that can be recreated: each completely or not at all, without flushing to the disk, and synchronously,
 * because asynchronous steps take several times as long.
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
  // Two threads may write the same file with the same content, but neither may remove the other's temporary file.
  const temporary = `${file}.${threadId}.partial`;
  try {
    writeFileSync(temporary, bytes);
    renameSync(temporary, file);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw error;
  }
}
