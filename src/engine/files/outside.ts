import { realpath } from 'node:fs/promises';
import { basename, dirname, isAbsolute, join, relative } from 'node:path';
import { UserError } from '../../core/errors.ts';
import { outputText } from '../../text/index.ts';

/**
 * Throws when a file is inside the workspace, where it could replace the database. Links are followed: a folder
 * elsewhere that links into the workspace counts as inside.
 *
 * @throws UserError 'invalid-option'
 */
export async function requireOutside(workspace: string, file: string): Promise<void> {
  if (isAbsolute(file)) {
    // Both forms: a link may lead into the workspace, or the workspace itself may be reached by a link.
    const written = isWithin(workspace, file);
    const real = isWithin(await realPlace(workspace), await realPlace(file));
    if (!written && !real) return;
  }
  throw new UserError('invalid-option', outputText.insideWorkspace(file));
}

function isWithin(folder: string, file: string): boolean {
  const inside = relative(folder, file);
  const isOutside = inside === '..' || /^\.\.[\\/]/.test(inside) || isAbsolute(inside);
  return !isOutside;
}

/**
 * Returns the path without links of a file that may not exist: its nearest existing ancestor resolved, plus the rest
 * of the path.
 */
async function realPlace(path: string): Promise<string> {
  const real = await realpath(path).catch(() => undefined);
  if (real !== undefined) return real;
  const parent = dirname(path);
  return parent === path ? path : join(await realPlace(parent), basename(path));
}
