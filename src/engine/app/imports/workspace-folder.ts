import { realpath } from 'node:fs/promises';
import { join, sep } from 'node:path';
import { UserError } from '../../../core/errors.ts';
import { folderImportText } from '../../../text/index.ts';

/**
 * Path of the workspace, which a search for images must skip: it contains pictures of images, and a watched folder
 * around it would import pictures of pictures endlessly.
 *
 * @throws UserError 'invalid-option' if the folder is the workspace itself or inside its pictures
 */
export async function requireNotWorkspace(workspace: string, folder: string): Promise<string> {
  const own = await realpath(workspace).catch(() => workspace);
  // Opening the folder reports errors.
  const chosen = await realpath(folder).catch(() => folder);
  const pictures = join(own, 'thumbnails');
  if (chosen !== own && chosen !== pictures && !chosen.startsWith(pictures + sep)) return own;
  throw new UserError('invalid-option', folderImportText.isWorkspace(folder));
}
