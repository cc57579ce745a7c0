import { mkdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join, resolve } from 'node:path';
import { z } from 'zod';
import { UserError } from '../core/errors.ts';
import { systemCode, writeFailure } from '../formats/file-errors.ts';
import { parseJson } from '../formats/json.ts';
import { writeFileAtomically } from '../formats/write-file.ts';

/** The folder of a run, held by one run at a time, whose results appear together once all are finished. */
export interface OutputFolder {
  /** Absolute. */
  readonly path: string;
  /** A folder inside for files that are not finished; removed with what is left in it by `close`. */
  readonly staging: string;
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

const lockSchema = z.object({ process: z.int().positive(), host: z.string() });

/**
 * Creates the folder where needed and takes it for this run: one that cannot be written should be known
 * before hours of work, not after.
 *
 * @throws UserError 'disk' when nothing can be written there, 'in-use' when another run writes there
 */
export async function openOutputFolder(out: string): Promise<OutputFolder> {
  const path = resolve(out);
  const lock = join(path, lockName);
  const staging = join(path, stagingName);
  try {
    await mkdir(path, { recursive: true });
  } catch (error) {
    throw writeFailure(error, path);
  }
  await takeLock(lock, path);
  const close = async (): Promise<void> => {
    await rm(staging, { recursive: true, force: true });
    await rm(lock, { force: true });
  };
  try {
    // What a killed run left is of no use.
    await rm(staging, { recursive: true, force: true });
    await mkdir(staging);
    await writeFileAtomically(join(staging, 'write-test'), new Uint8Array(1));
    await rm(join(staging, 'write-test'));
  } catch (error) {
    await close().catch(() => undefined);
    throw writeFailure(error, path);
  }
  return { path, staging, publish: (names) => publish(names, staging, path), close };
}

async function publish(names: readonly string[], staging: string, path: string): Promise<void> {
  for (const name of names) {
    const old = await stat(join(path, name)).catch(() => undefined);
    if (!old?.isDirectory()) continue;
    throw new UserError(
      'disk',
      `${join(path, name)} is a folder, so no file can be written there. Move it away.`,
    );
  }
  const obsolete = names.map((name) => `${name}.data`).filter((name) => !names.includes(name));
  for (const name of obsolete) await rm(join(path, name), { force: true });
  for (const name of names) {
    await rename(join(staging, name), join(path, name)).catch((error: unknown) => {
      throw writeFailure(error, join(path, name));
    });
  }
}

async function takeLock(lock: string, path: string): Promise<void> {
  const holder = JSON.stringify({ process: process.pid, host: hostname() });
  for (const isLastTry of [false, true]) {
    try {
      await writeFile(lock, holder, { flag: 'wx' });
      return;
    } catch (error) {
      if (systemCode(error) !== 'EEXIST') {
        await rm(lock, { force: true }).catch(() => undefined);
        throw writeFailure(error, path);
      }
      if (isLastTry || !(await isAbandoned(lock))) {
        throw new UserError(
          'in-use',
          `Another run is writing into ${path}. Wait for it or choose another folder. If there is none, delete ${lock}.`,
        );
      }
      await rm(lock, { force: true });
    }
  }
}

/** True when the run that took the lock is certainly over. */
async function isAbandoned(lock: string): Promise<boolean> {
  const text = await readFile(lock, 'utf8').catch(() => '');
  const holder = lockSchema.safeParse(parseJson(text));
  // Of a run that was killed between creating the file and writing to it, or one that is doing so.
  if (!holder.success) return (await ageOf(lock)) > 10_000;
  // Processes of other machines, which may share the disk, cannot be looked up.
  if (holder.data.host !== hostname()) return false;
  return !isRunning(holder.data.process);
}

async function ageOf(file: string): Promise<number> {
  const found = await stat(file).catch(() => undefined);
  return found === undefined ? Infinity : Date.now() - found.mtimeMs;
}

function isRunning(id: number): boolean {
  try {
    // Signal 0 asks only whether the process is there.
    process.kill(id, 0);
    return true;
  } catch (error) {
    return systemCode(error) === 'EPERM';
  }
}
