import { chmodSync, closeSync, lstatSync, mkdirSync, openSync, readdirSync } from 'node:fs';
import type { Dirent } from 'node:fs';
import { lstat, realpath, rm } from 'node:fs/promises';
import { join, sep } from 'node:path';
import { z } from 'zod';
import { UserError } from '../core/errors.ts';

/*
 * A workspace may come from somebody else: its database and its folder hold whatever that person put there.
 * Names that lead to files are therefore checked as they are read, and once more before anything is deleted.
 */

/** Folders in a workspace whose whole content Understudy made itself. */
const ownFolders = ['levels', 'runs', 'sample', 'teachers', 'thumbnails'] as const;
/** Files directly in a workspace that are ours, by their names. */
const ownFile = /^(?:understudy\.|secret(?:$|\.)|\.understudy-)/;

const privateFolder = 0o700;
const privateFile = 0o600;

/**
 * A relative place within the workspace: one to four plain names separated by `/`. Absolute paths, `..`, drive
 * letters, backslashes and NUL do not fit.
 */
export const workspaceName = z
  .string()
  .max(255)
  .regex(/^[a-z0-9][\w-]*(?:\/[a-z0-9][\w-]*){0,3}$/i);

/** The one folder that belongs to a run. */
export function runFolderName(id: number): string {
  return `runs/${id}`;
}

/**
 * Makes the workspace's folder where it is missing, for its owner alone; refuses one in which a link or
 * something that is no file stands in the place of our own files; and takes other users' permissions on
 * those away where they have any.
 *
 * @param folder absolute
 * @throws UserError 'invalid-file'; whatever the system throws where the folder cannot be made
 */
export function prepareWorkspaceFolder(folder: string): void {
  mkdirSync(folder, { recursive: true, mode: privateFolder });
  const entries = readdirSync(folder, { withFileTypes: true });
  for (const entry of entries) {
    if (ownFile.test(entry.name)) {
      if (!entry.isFile() && !entry.isDirectory()) throw foreignEntry(join(folder, entry.name));
    } else if (isOwnFolder(entry.name)) {
      if (entry.isSymbolicLink()) throw foreignEntry(join(folder, entry.name));
      if (entry.isDirectory()) refuseLinksIn(join(folder, entry.name));
    }
  }
  restrict(folder, privateFolder);
  for (const entry of entries) {
    const path = join(folder, entry.name);
    if (entry.isFile() && ownFile.test(entry.name)) restrict(path, privateFile);
    // What lies in a folder that nobody else may enter is out of reach with it.
    if (entry.isDirectory() && isOwnFolder(entry.name)) restrict(path, privateFolder);
  }
}

/**
 * Takes other users' permissions on everything below our own folders away, which older versions had left.
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
    // Between two folders others have their turn.
    await new Promise(setImmediate);
  }
}

/**
 * Deletes a folder of the workspace with all in it; none there is fine. Nothing outside of the workspace is ever
 * deleted: each part of the way must be a real folder. A link in the folder's own place goes, and what it leads
 * to stays.
 *
 * @param name as the database has it
 * @throws UserError 'invalid-file' where the name, or a link on the way, leads out of the workspace; nothing is
 * deleted then
 */
export async function removeOwnFolder(workspace: string, name: string): Promise<void> {
  const path = await requireOwnPlace(workspace, name);
  await rm(path, { recursive: true, force: true });
}

/**
 * The absolute path of a name in the workspace.
 *
 * @throws UserError 'invalid-file' where the name, or a link on the way to its last part, leads out of the workspace
 */
export async function requireOwnPlace(workspace: string, name: string): Promise<string> {
  if (!workspaceName.safeParse(name).success) throw outsideWorkspace(workspace, name);
  const parts = name.split('/');
  let path = workspace;
  for (const part of parts.slice(0, -1)) {
    path = join(path, part);
    const found = await lstat(path).catch(() => undefined);
    if (found !== undefined && !found.isDirectory()) throw foreignEntry(path);
  }
  const [real, root] = await Promise.all(
    [path, workspace].map((place) => realpath(place).catch(() => undefined)),
  );
  // What is not there cannot lead anywhere.
  if (real !== undefined && root !== undefined && real !== root && !real.startsWith(root + sep)) {
    throw outsideWorkspace(workspace, name);
  }
  return join(path, parts.at(-1) ?? '');
}

/**
 * Makes an empty file for its owner alone where there is none, whatever the process's umask is: what is opened
 * by its name later keeps these permissions.
 */
export function makePrivateFile(path: string): void {
  try {
    closeSync(openSync(path, 'wx', privateFile));
  } catch {
    // It is there, or cannot be made: whoever opens it says so.
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
      if (entry.isSymbolicLink()) throw foreignEntry(below);
      if (entry.isDirectory()) waiting.push(below);
    }
  }
}

/** None where there is no such folder, or it cannot be read: whoever needs it says so. */
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
 * Opening the file would be surer than its name, but closing it would drop the locks that SQLite holds on it.
 * A file with several names may belong elsewhere too and stays as it is.
 */
function restrict(path: string, mode: number): void {
  if (process.platform === 'win32') return;
  try {
    const found = lstatSync(path);
    const isPlain = found.isDirectory() || (found.isFile() && found.nlink === 1);
    const isOurs = found.uid === process.getuid?.();
    if (isPlain && isOurs && (found.mode & 0o777) !== mode) chmodSync(path, mode);
  } catch {
    // It went meanwhile, or the disk knows no permissions (FAT).
  }
}

function foreignEntry(path: string): UserError {
  return new UserError(
    'invalid-file',
    `${path} is a link or no ordinary file. Understudy never writes or deletes through links, so this workspace was not opened. Put a real file or folder in its place, or remove it.`,
  );
}

/** The refusal of a folder that a changed database names. */
export function outsideWorkspace(where: string, name: string): UserError {
  return new UserError(
    'invalid-file',
    `The database in ${where} names “${name.slice(0, 200)}” as one of its own folders, which it is not. Nothing was written or deleted there. Another program changed the database: put a copy of it back, or remove the run or the project.`,
  );
}
