import { createHash, randomBytes } from 'node:crypto';
import { lstatSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import envPaths from 'env-paths';
import { z } from 'zod';
import { parseJson } from '../../formats/files/json.ts';
import { databaseName } from '../../store/store.ts';
import type { Store } from '../../store/store.ts';

/**
 * `here` if this computer was the last to open the workspace; otherwise somebody else may have changed it since.
 */
export type WorkspaceOrigin = 'here' | 'elsewhere';

/** Note of an opening on this computer: the inode of the database file. A copy has another inode. */
const memory = z.object({ file: z.string() });

/**
 * Compares the last opening recorded in the database with this computer's own note of it, and records this opening in
 * both. Each opening has its own random mark, so that a workspace that was handed on, changed and handed back is
 * recognised as such; one that was moved or renamed on this disk still counts as `here`. Anything unreadable or
 * unwritable counts as `elsewhere`: then nothing starts automatically, and the user can start it with one click.
 *
 * @param notes the user's folder for these notes, outside any workspace
 */
export function noteOpening(store: Store, notes = usualNotes()): WorkspaceOrigin {
  const noteOf = (mark: string): string => join(notes, `${digest(mark)}.json`);
  const file = fileOf(store.folder);
  const mark = store.settings.openingMark();
  const known =
    mark === null ? undefined : memory.safeParse(parseJson(readText(noteOf(mark)))).data;
  const next = randomBytes(16).toString('hex');
  try {
    mkdirSync(notes, { recursive: true, mode: 0o700 });
    // Before the database has it: after a crash in between, the old mark and its note are still there.
    writeFileSync(noteOf(next), JSON.stringify({ file }), { mode: 0o600 });
    store.settings.saveOpeningMark(next);
    if (mark !== null) rmSync(noteOf(mark), { force: true });
  } catch (error) {
    // The disk may be full, for example: the next opening asks.
    console.error(error);
  }
  return known?.file === file ? 'here' : 'elsewhere';
}

/**
 * Returns the default notes folder: next to the app's settings if the app started this process, else the user's data
 * folder.
 */
function usualNotes(): string {
  const userData = process.env.UNDERSTUDY_USER_DATA;
  return join(userData ?? envPaths('understudy', { suffix: '' }).data, 'workspaces');
}

function digest(mark: string): string {
  return createHash('sha256').update(mark).digest('hex').slice(0, 32);
}

function fileOf(folder: string): string {
  return String(lstatSync(join(folder, databaseName), { bigint: true }).ino);
}

function readText(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}
