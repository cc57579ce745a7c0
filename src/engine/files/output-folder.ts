import { closeSync, openSync, rmSync, statSync } from 'node:fs';
import { mkdir, readdir, rename, rm, stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { beginWriting } from '../../core/activity.ts';
import { UserError } from '../../core/errors.ts';
import { systemCode, writeFailure } from '../../formats/files/file-errors.ts';
import { makeFolder } from '../../formats/files/make-folder.ts';
import { temporaryName, writeFileAtomically } from '../../formats/files/write-file.ts';
import { lockFile } from '../../store/lock.ts';
import { outputText } from '../../text/index.ts';

/**
 * Output folder of a run, held by one run at a time; all results appear together once every file is finished.
 */
export interface OutputFolder {
  /** Absolute path. */
  readonly path: string;
  /** Folder inside for unfinished files; `close` removes it with its content. */
  readonly staging: string;
  /**
   * Throws a UserError when a folder occupies the path of an output file, so that this is known before hours of work.
   */
  requireNoFolders(names: readonly string[]): Promise<void>;
  /**
   * Moves files from `staging` to the output folder and replaces older ones. Deletes an earlier model's weights file
   * when the new model has none.
   *
   * @param names files in `staging`
   * @throws UserError 'disk', before anything is moved, when a folder occupies a file's path
   */
  publish(names: readonly string[]): Promise<void>;
  /** Releases the folder for other runs. */
  close(): Promise<void>;
}

const lockName = '.understudy-lock';
const stagingName = '.understudy-unfinished';

/**
 * Creates the folder if needed and locks it for this run.
 *
 * @throws UserError 'disk' when the folder is not writable, 'in-use' when another run writes there
 */
export async function openOutputFolder(out: string): Promise<OutputFolder> {
  const path = resolve(out);
  const staging = join(path, stagingName);
  await makeFolder(path);
  const unlock = holdFolder(path);
  const endWriting = beginWriting(staging);
  const close = async (): Promise<void> => {
    await rm(staging, { recursive: true, force: true }).finally(() => {
      endWriting();
      unlock();
    });
  };
  try {
    await clear(path, staging);
    await mkdir(staging);
    await writeFileAtomically(join(staging, 'write-test'), new Uint8Array(1));
    await rm(join(staging, 'write-test'));
  } catch (error) {
    await close().catch(() => undefined);
    throw writeFailure(error, path);
  }
  return {
    path,
    staging,
    requireNoFolders: (names) => requireNoFolders(names, path),
    publish: (names) => publish(names, staging, path),
    close,
  };
}

/** Deletes leftovers of a killed run, which are useless. */
async function clear(path: string, staging: string): Promise<void> {
  await rm(staging, { recursive: true, force: true });
  await clearUnfinished(path);
}

/**
 * Deletes the unfinished files of killed processes directly in a folder.
 *
 * @param path folder that no other process writes into
 */
export async function clearUnfinished(path: string): Promise<void> {
  for (const name of await readdir(path)) {
    if (temporaryName.test(name)) await rm(join(path, name), { force: true });
  }
}

async function requireNoFolders(names: readonly string[], path: string): Promise<void> {
  for (const name of names) {
    const old = await stat(join(path, name)).catch(() => undefined);
    if (!old?.isDirectory()) continue;
    throw new UserError('disk', outputText.folderInPlace(join(path, name)));
  }
}

async function publish(names: readonly string[], staging: string, path: string): Promise<void> {
  const obsolete = names.map((name) => `${name}.data`).filter((name) => !names.includes(name));
  await requireNoFolders([...names, ...obsolete], path);
  for (const name of obsolete) {
    await rm(join(path, name), { force: true }).catch((error: unknown) => {
      throw writeFailure(error, join(path, name));
    });
  }
  for (const name of names) {
    await rename(join(staging, name), join(path, name)).catch((error: unknown) => {
      throw writeFailure(error, join(path, name));
    });
  }
}

/**
 * Locks the folder until the process ends, however it ends. The lock file is deleted while it is held; a process that
 * finds that the file it locked is no longer the one in the folder tries again.
 *
 * @param path existing folder
 * @param inUse message for the second process
 * @returns releases the lock
 * @throws UserError 'in-use', and 'disk' when the folder is not writable
 */
export function holdFolder(path: string, inUse = outputText.inUse(path)): () => void {
  const file = join(path, lockName);
  for (let attempt = 0; attempt < 5; attempt++) {
    const id = identityOf(file);
    const unlock = lockFile(file, inUse);
    const isCurrent = statSync(file, { throwIfNoEntry: false })?.ino === id;
    if (isCurrent) {
      return () => {
        rmSync(file, { force: true });
        unlock();
      };
    }
    unlock();
  }
  throw new UserError('in-use', inUse);
}

/**
 * Deletes the lock of a process that was killed. A lock that is held stays, as does one that this process may not
 * delete, which is harmless.
 */
export function tidyLock(path: string): void {
  if (statSync(join(path, lockName), { throwIfNoEntry: false })?.isFile() !== true) return;
  try {
    holdFolder(path)();
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
  }
}

/**
 * Returns the inode of a file, which is created if needed; NaN if it was deleted in the meantime. An existing file is
 * not opened: closing a file releases every lock that the process holds on it.
 */
function identityOf(file: string): number {
  try {
    closeSync(openSync(file, 'ax'));
  } catch (error) {
    if (systemCode(error) !== 'EEXIST') throw writeFailure(error, file);
  }
  const found = statSync(file, { throwIfNoEntry: false });
  if (found?.isDirectory()) throw new UserError('disk', outputText.isFolder(file));
  return found?.ino ?? NaN;
}
