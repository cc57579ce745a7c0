import { realpath } from 'node:fs/promises';
import { join, sep } from 'node:path';
import { UserError } from '../../../core/errors.ts';
import { folderImportText } from '../../../text/index.ts';

/**
 * Checks that a folder is not the workspace.
 *
 * @returns the workspace's path, to be skipped when images are searched for: it contains thumbnails, and watching a
 * folder around it would import thumbnails of thumbnails without end
 * @throws UserError 'invalid-option' if the folder is the workspace itself or inside its thumbnails
 */
export async function requireNotWorkspace(workspace: string, folder: string): Promise<string> {
  const own = await realpath(workspace).catch(() => workspace);
  // Errors are reported when the folder is opened.
  const chosen = await realpath(folder).catch(() => folder);
  const pictures = join(own, 'thumbnails');
  if (chosen !== own && chosen !== pictures && !chosen.startsWith(pictures + sep)) return own;
  throw new UserError('invalid-option', folderImportText.isWorkspace(folder));
}
