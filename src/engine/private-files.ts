import process from 'node:process';

/** The user's own umask, before this process made its files private. */
let usual: number | undefined;

/**
 * Gives every file that this process and those it starts make to their owner alone: what lies in a workspace may
 * name patients. What a person saves elsewhere takes `exportMode`.
 */
export function makeFilesPrivate(): void {
  usual ??= process.umask(0o077);
}

/**
 * Permissions of a file that a person saves outside the workspace: those that other programs would give it.
 * Undefined where this process makes its files as usual anyway.
 */
export function exportMode(): number | undefined {
  return usual === undefined ? undefined : 0o666 & ~usual;
}

/** As `exportMode`, of a folder. */
export function exportFolderMode(): number | undefined {
  return usual === undefined ? undefined : 0o777 & ~usual;
}
