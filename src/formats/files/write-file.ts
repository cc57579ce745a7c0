import { randomBytes } from 'node:crypto';
import { chmod, open, rename, rm, type FileHandle } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { beginWriting } from '../../core/activity.ts';
import { writeFailure } from './file-errors.ts';

/** Records unfinished files, so that those of a killed process can be found and deleted. */
export interface Journal {
  begin(temporary: string): void;
  end(temporary: string): void;
}

/** Names of unfinished files; one that remains is from a process that was killed. */
export const temporaryName = /^\.understudy-[0-9a-f]{16}\.partial$/;

export interface WriteOptions {
  /** False for files that can be made again: saves waiting for the disk, but a power cut may leave the file empty. */
  readonly durable?: boolean;
  /** Permissions of the file; by default those that the process gives new files. */
  readonly mode?: number | undefined;
  /** Called with the name of the temporary file before it is created, and again once it is removed. */
  readonly journal?: Journal | undefined;
}

/**
 * Writes a file as a whole or not at all: the bytes go to a temporary name in the same folder, which replaces `path`
 * only once they are on the disk. Chunks are pulled one by one, so a large file never has to be in memory at once. A
 * symbolic link at `path` is replaced, not followed.
 *
 * Throws `UserError('disk')` if the folder is missing, full or read-only; errors thrown by the chunks pass through.
 * Either way no new file is left behind and an older file is untouched.
 */
export async function writeFileAtomically(
  path: string,
  chunks: Uint8Array | Iterable<Uint8Array> | AsyncIterable<Uint8Array>,
  options: WriteOptions = {},
): Promise<void> {
  await composeFileAtomically(
    path,
    async (handle) => {
      const parts = chunks instanceof Uint8Array ? [chunks] : chunks;
      for await (const chunk of parts) await handle.writeFile(chunk);
    },
    options,
  );
}

/** Writes to an open file, which is complete when the promise resolves. */
export type Composition = (handle: FileHandle) => Promise<void>;

/**
 * Writes like `writeFileAtomically`, for content that is not written in order: `compose` gets the open file and may
 * write at any position.
 */
export async function composeFileAtomically(
  path: string,
  compose: Composition,
  options: WriteOptions = {},
): Promise<void> {
  await makeFileAtomically(
    path,
    async (temporary) => {
      const handle = await open(temporary, 'wx');
      try {
        await compose(handle);
      } finally {
        await handle.close();
      }
    },
    options,
  );
}

/** Creates a file of a new name, complete when the promise resolves. */
export type Making = (temporary: string) => Promise<void>;

/** Writes like `writeFileAtomically`, for content made by a library that opens the file itself. */
export async function makeFileAtomically(
  path: string,
  make: Making,
  { durable = true, mode, journal }: WriteOptions = {},
): Promise<void> {
  // Returns a new, short name: a long file name plus a suffix could exceed the file system's limit.
  const temporary = join(dirname(path), `.understudy-${randomBytes(8).toString('hex')}.partial`);
  const endWriting = beginWriting(temporary);
  journal?.begin(temporary);
  try {
    await make(temporary);
    if (mode !== undefined) await chmod(temporary, mode);
    // Without this, a power cut after the rename could leave an empty file under the final name.
    if (durable) await sync(temporary);
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true }).catch(() => undefined);
    throw writeFailure(error, path);
  } finally {
    endWriting();
    journal?.end(temporary);
  }
}

async function sync(path: string): Promise<void> {
  const handle = await open(path, 'r+');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
