import { chmod, mkdir, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { UserError } from '../../core/errors.ts';
import { systemCode, writeFailure } from './file-errors.ts';
import { fileText } from '../../text/index.ts';

/**
 * Makes a folder and those above it where they are missing. Step by step: Node's own recursive form never
 * ends on file systems that answer "not found" for a folder that they do not let anyone make (/proc), and
 * takes a read-only disk for a missing folder.
 *
 * @param path absolute
 * @param within a folder above it that must be there: one that was renamed must not be made anew
 * @param mode permissions of each folder that is made; by default those that the process gives new folders
 * @returns the folders that it made, each after the one that it lies in
 * @throws UserError 'disk'
 */
export async function makeFolder(path: string, within?: string, mode?: number): Promise<string[]> {
  const found = await stat(path).catch(() => undefined);
  if (found?.isDirectory()) return [];
  if (found) {
    throw new UserError('disk', fileText.fileAtFolder(path));
  }
  if (path === within) {
    throw new UserError('disk', fileText.gone(path));
  }
  const parent = dirname(path);
  const made = parent === path ? [] : await makeFolder(parent, within, mode);
  try {
    await mkdir(path);
    if (mode !== undefined) await chmod(path, mode);
    return [...made, path];
  } catch (error) {
    // Another program was quicker.
    if (systemCode(error) === 'EEXIST') return made;
    if (systemCode(error) === 'ENOENT') {
      throw new UserError('disk', fileText.mayNotMakeFolder(parent), 'ENOENT');
    }
    throw writeFailure(error, path);
  }
}
