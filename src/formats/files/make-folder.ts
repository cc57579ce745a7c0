import { chmod, mkdir, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { UserError } from '../../core/errors.ts';
import { systemCode, writeFailure } from './file-errors.ts';
import { fileText } from '../../text/index.ts';

/**
 * Creates a folder and its missing parents. It does so step by step: Node's own recursive mode never ends on file
 * systems that report "not found" for a folder that cannot be created (/proc), and reports a read-only disk as a
 * missing folder.
 *
 * @param path absolute
 * @param within a folder above it that must exist: if it was renamed, it must not be created again
 * @param mode permissions of each new folder; by default those that the process gives new folders
 * @returns the new folders, each after its parent
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
    // Another program has created it in the meantime.
    if (systemCode(error) === 'EEXIST') return made;
    if (systemCode(error) === 'ENOENT') {
      throw new UserError('disk', fileText.mayNotMakeFolder(parent), 'ENOENT');
    }
    throw writeFailure(error, path);
  }
}
