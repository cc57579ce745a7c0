import { closeSync, openSync, rmSync, statSync } from 'node:fs';
import { mkdir, readdir, rename, rm, stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { beginWriting } from '../core/activity.ts';
import { UserError } from '../core/errors.ts';
import { systemCode, writeFailure } from '../formats/file-errors.ts';
import { makeFolder } from '../formats/make-folder.ts';
import { temporaryName, writeFileAtomically } from '../formats/write-file.ts';
import { lockFile } from '../store/lock.ts';

/** The folder of a run, held by one run at a time, whose results appear together once all are finished. */
export interface OutputFolder {
  /** Absolute. */
  readonly path: string;
  /** A folder inside for files that are not finished; removed with what is left in it by `close`. */
  readonly staging: string;
  /**
   * Throws a UserError where a folder stands in the place of a file that is to come: that should be
   * known before hours of work.
   */
  requireFree(names: readonly string[]): Promise<void>;
  /**
   * Moves files from `staging` to where they belong, replacing older ones. A model's weights file from
   * an earlier run goes when the new model has none.
   *
   * @param names files in `staging`
   * @throws UserError 'disk', before anything is moved, where a folder stands in a file's place
   */
  publish(names: readonly string[]): Promise<void>;
  /** Lets other runs in. */
  close(): Promise<void>;
}

const lockName = '.understudy-lock';
const stagingName = '.understudy-unfinished';

/**
 * Creates the folder where needed and takes it for this run.
 *
 * @throws UserError 'disk' when nothing can be written there, 'in-use' when another run writes there
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
    requireFree: (names) => requireFree(names, path),
    publish: (names) => publish(names, staging, path),
    close,
  };
}

/** What a killed run left is of no use. */
async function clear(path: string, staging: string): Promise<void> {
  await rm(staging, { recursive: true, force: true });
  await clearUnfinished(path);
}

/**
 * Deletes what killed processes left unfinished directly in a folder.
 *
 * @param path of a folder that nobody else writes into
 */
export async function clearUnfinished(path: string): Promise<void> {
  for (const name of await readdir(path)) {
    if (temporaryName.test(name)) await rm(join(path, name), { force: true });
  }
}

async function requireFree(names: readonly string[], path: string): Promise<void> {
  for (const name of names) {
    const old = await stat(join(path, name)).catch(() => undefined);
    if (!old?.isDirectory()) continue;
    throw new UserError(
      'disk',
      `${join(path, name)} is a folder, so no file can be written there. Move it away.`,
    );
  }
}

async function publish(names: readonly string[], staging: string, path: string): Promise<void> {
  const obsolete = names.map((name) => `${name}.data`).filter((name) => !names.includes(name));
  await requireFree([...names, ...obsolete], path);
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
 * Holds the folder until the process ends, however it ends. The lock's file is deleted while it is held;
 * who finds that the file it has locked is no longer the one in the folder tries again.
 *
 * @param path of a folder that is there
 * @param inUse the sentence for whoever comes second
 * @returns what lets others in
 * @throws UserError 'in-use', and 'disk' where nothing can be written there
 */
export function holdFolder(
  path: string,
  inUse = `Another run is writing into ${path}. Wait for it or choose another folder.`,
): () => void {
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
 * Deletes the lock of a process that was killed. One that is held stays, and so does one that may not be deleted: it
 * harms nobody.
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
 * The inode of a file, which is created where needed; NaN where it went meanwhile. One that is there is not opened:
 * who closes a file lets go of all that the process has locked of it.
 */
function identityOf(file: string): number {
  try {
    closeSync(openSync(file, 'ax'));
  } catch (error) {
    if (systemCode(error) !== 'EEXIST') throw writeFailure(error, file);
  }
  const found = statSync(file, { throwIfNoEntry: false });
  if (found?.isDirectory()) throw new UserError('disk', `${file} is a folder. Remove it.`);
  return found?.ino ?? NaN;
}
