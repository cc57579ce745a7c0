import { realpath } from 'node:fs/promises';
import { basename, dirname, isAbsolute, join, relative } from 'node:path';
import { UserError } from '../core/errors.ts';

/**
 * The workspace is the program's own: a file saved there could replace the database. Links are followed, so that
 * a folder elsewhere which leads into the workspace counts as being in it.
 *
 * @throws UserError 'invalid-option'
 */
export async function requireOutside(workspace: string, file: string): Promise<void> {
  if (isAbsolute(file)) {
    // Both forms: a link may lead in, or the workspace itself be reached by one.
    const written = isWithin(workspace, file);
    const real = isWithin(await realPlace(workspace), await realPlace(file));
    if (!written && !real) return;
  }
  throw new UserError(
    'invalid-option',
    `${file} lies in the folder of projects. Save it elsewhere.`,
  );
}

function isWithin(folder: string, file: string): boolean {
  const inside = relative(folder, file);
  const isOutside = inside === '..' || /^\.\.[\\/]/.test(inside) || isAbsolute(inside);
  return !isOutside;
}

/** Where a file really is or would be: its nearest folder that is there, without links, and the rest of its path. */
async function realPlace(path: string): Promise<string> {
  const real = await realpath(path).catch(() => undefined);
  if (real !== undefined) return real;
  const parent = dirname(path);
  return parent === path ? path : join(await realPlace(parent), basename(path));
}
