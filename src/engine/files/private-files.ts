import process from 'node:process';

/** The user's own umask, before this process made its files private. */
let usual: number | undefined;

/**
 * Makes every file that this process and its children create readable only by its owner: files in a workspace may
 * name patients. Files that the user saves elsewhere get `exportMode`.
 */
export function makeFilesPrivate(): void {
  usual ??= process.umask(0o077);
}

/**
 * Permissions of a file that the user saves outside the workspace: the usual ones under the user's umask. Undefined
 * when this process has not restricted its umask.
 */
export function exportMode(): number | undefined {
  return usual === undefined ? undefined : 0o666 & ~usual;
}

/** Permissions of a folder that the user saves outside the workspace; see `exportMode`. */
export function exportFolderMode(): number | undefined {
  return usual === undefined ? undefined : 0o777 & ~usual;
}
