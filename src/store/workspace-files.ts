import {
  chmodSync,
  closeSync,
  existsSync,
  lstatSync,
  mkdirSync,
  openSync,
  readdirSync,
} from 'node:fs';
import type { Dirent } from 'node:fs';
import { lstat, realpath, rm } from 'node:fs/promises';
import { join, sep } from 'node:path';
import { z } from 'zod';
import { UserError } from '../core/errors.ts';
import { databaseText } from '../text/index.ts';

/*
 * A workspace may come from another user, with any content in its database and its folder. Names that lead to files
 * are therefore checked as they are read, and once more before anything is deleted.
 */

/** Folders in a workspace whose whole content was created by Understudy. */
const ownFolders = ['levels', 'runs', 'sample', 'teachers', 'thumbnails'] as const;
/** Pattern of names of our own files directly in a workspace. */
const ownFile = /^(?:understudy\.|secret(?:$|\.)|\.understudy-)/;

/** Key of the hashes of patients' numbers. */
export const secretName = 'secret';

const privateFolder = 0o700;
const privateFile = 0o600;

/**
 * Relative path within the workspace: one to four plain names separated by `/`. Absolute paths, `..`, drive
 * letters, backslashes and NUL do not match.
 */
export const workspaceName = z
  .string()
  .max(255)
  .regex(/^[a-z0-9][\w-]*(?:\/[a-z0-9][\w-]*){0,3}$/i);

/** Returns the name of the only folder that belongs to a run. */
export function runFolderName(id: number): string {
  return `runs/${id}`;
}

/**
 * Creates the workspace's folder if it is missing, for its owner only; refuses one in which a link or
 * a special file is in the place of our own files; and removes other users' permissions on
 * those files and folders.
 *
 * @param folder absolute path
 * @throws UserError 'invalid-file'; any error of the file system if the folder cannot be created
 */
export function prepareWorkspaceFolder(folder: string): void {
  mkdirSync(folder, { recursive: true, mode: privateFolder });
  const entries = readdirSync(folder, { withFileTypes: true });
  for (const entry of entries) {
    if (ownFile.test(entry.name)) {
      if (!entry.isFile() && !entry.isDirectory()) throw linkError(join(folder, entry.name));
    } else if (isOwnFolder(entry.name)) {
      if (entry.isSymbolicLink()) throw linkError(join(folder, entry.name));
      if (entry.isDirectory()) refuseLinksIn(join(folder, entry.name));
    }
  }
  restrict(folder, privateFolder);
  for (const entry of entries) {
    const path = join(folder, entry.name);
    if (entry.isFile() && ownFile.test(entry.name)) restrict(path, privateFile);
    // A folder that others may not enter protects its content too.
    if (entry.isDirectory() && isOwnFolder(entry.name)) restrict(path, privateFolder);
  }
}

/** Returns true if a workspace was in use before: it has its secret, or content in one of our own folders. */
export function hasContents(folder: string): boolean {
  return (
    existsSync(join(folder, secretName)) ||
    ownFolders.some((name) => entriesOf(join(folder, name)).length > 0)
  );
}

/**
 * Removes other users' permissions on everything in our own folders, as older versions left them.
 *
 * @param signal ends the walk early
 */
export async function restrictContents(folder: string, signal: AbortSignal): Promise<void> {
  if (process.platform === 'win32') return;
  const waiting = ownFolders.map((name) => join(folder, name));
  for (let path = waiting.pop(); path !== undefined; path = waiting.pop()) {
    for (const entry of entriesOf(path)) {
      if (signal.aborted) return;
      const below = join(path, entry.name);
      if (entry.isDirectory()) waiting.push(below);
      if (entry.isDirectory() || entry.isFile()) {
        restrict(below, entry.isDirectory() ? privateFolder : privateFile);
      }
    }
    // Let other work run between two folders.
    await new Promise(setImmediate);
  }
}

/**
 * Deletes a folder of the workspace with its content; a missing one is accepted. Nothing outside of the workspace is
 * ever deleted: each part of the path must be a real folder. If the folder itself is a link, the link is deleted, and
 * its target stays.
 *
 * @param name name in the database
 * @throws UserError 'invalid-file' if the name, or a link on the path, leads out of the workspace; nothing is
 * deleted then
 */
export async function removeOwnFolder(workspace: string, name: string): Promise<void> {
  const path = await requireOwnPlace(workspace, name);
  await rm(path, { recursive: true, force: true });
}

/**
 * Returns the absolute path of a name in the workspace.
 *
 * @throws UserError 'invalid-file' if the name, or a link on the path to its last part, leads out of the workspace
 */
export async function requireOwnPlace(workspace: string, name: string): Promise<string> {
  if (!workspaceName.safeParse(name).success) throw outsideWorkspaceError(workspace, name);
  const parts = name.split('/');
  let path = workspace;
  for (const part of parts.slice(0, -1)) {
    path = join(path, part);
    const found = await lstat(path).catch(() => undefined);
    if (found !== undefined && !found.isDirectory()) throw linkError(path);
  }
  const [real, root] = await Promise.all(
    [path, workspace].map((place) => realpath(place).catch(() => undefined)),
  );
  // A missing file cannot lead anywhere.
  if (real !== undefined && root !== undefined && real !== root && !real.startsWith(root + sep)) {
    throw outsideWorkspaceError(workspace, name);
  }
  return join(path, parts.at(-1) ?? '');
}

/**
 * Creates an empty file for its owner only if there is none, regardless of the process's umask: a file opened
 * by this name later keeps these permissions.
 */
export function makePrivateFile(path: string): void {
  try {
    closeSync(openSync(path, 'wx', privateFile));
  } catch {
    // It exists, or cannot be created: opening it reports that.
    return;
  }
  restrict(path, privateFile);
}

/** @throws UserError 'invalid-file' at the first link, at whatever depth */
function refuseLinksIn(folder: string): void {
  const waiting = [folder];
  for (let path = waiting.pop(); path !== undefined; path = waiting.pop()) {
    for (const entry of entriesOf(path)) {
      const below = join(path, entry.name);
      if (entry.isSymbolicLink()) throw linkError(below);
      if (entry.isDirectory()) waiting.push(below);
    }
  }
}

/** Lists a folder; empty if it is missing or cannot be read, which its users report. */
function entriesOf(folder: string): Dirent[] {
  try {
    return readdirSync(folder, { withFileTypes: true });
  } catch {
    return [];
  }
}

function isOwnFolder(name: string): boolean {
  return (ownFolders as readonly string[]).includes(name);
}

/**
 * Restricts the permissions of a file or folder. Opening the file would be safer than using its name, but closing it
 * would drop the locks that SQLite holds on it. A file with several names may belong elsewhere too and is not
 * changed.
 */
function restrict(path: string, mode: number): void {
  if (process.platform === 'win32') return;
  try {
    const found = lstatSync(path);
    const isPlain = found.isDirectory() || (found.isFile() && found.nlink === 1);
    const isOurs = found.uid === process.getuid?.();
    if (isPlain && isOurs && (found.mode & 0o777) !== mode) chmodSync(path, mode);
  } catch {
    // It was removed in the meantime, or the disk has no permissions (FAT).
  }
}

function linkError(path: string): UserError {
  return new UserError('invalid-file', databaseText.link(path));
}

/** Returns the error for a folder named in a database that another program changed. */
export function outsideWorkspaceError(where: string, name: string): UserError {
  return new UserError('invalid-file', databaseText.outside(where, { name: name.slice(0, 200) }));
}
