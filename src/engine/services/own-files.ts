import { realpath } from 'node:fs/promises';
import { join, sep } from 'node:path';
import { UserError } from '../../core/errors.ts';

/**
 * The workspace as a search for images should pass over it: pictures of images lie in it, and a watched
 * folder that held them would take in pictures of pictures without an end.
 *
 * @throws UserError 'invalid-option' where the folder is the workspace itself, or holds its pictures alone
 */
export async function requireNotOwn(workspace: string, folder: string): Promise<string> {
  const own = await realpath(workspace).catch(() => workspace);
  // What is wrong with it is said where it is opened.
  const chosen = await realpath(folder).catch(() => folder);
  const pictures = join(own, 'thumbnails');
  if (chosen !== own && chosen !== pictures && !chosen.startsWith(pictures + sep)) return own;
  throw new UserError(
    'invalid-option',
    `${folder} is the folder of projects, whose files are Understudy’s own. Choose a folder of images.`,
  );
}
