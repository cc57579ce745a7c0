import { createHash, randomBytes } from 'node:crypto';
import { lstatSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import envPaths from 'env-paths';
import { z } from 'zod';
import { parseJson } from '../formats/json.ts';
import { databaseName } from '../store/store.ts';
import type { Store } from '../store/store.ts';

/** Whether this computer was the last to work in a workspace, or somebody else may have changed it since. */
export type WorkspaceOrigin = 'here' | 'elsewhere';

/** What this computer remembers of an opening: which file of the disk the database was. A copy is another file. */
const memory = z.object({ file: z.string() });

/**
 * Compares what the database says of its last opening with what this computer remembers of it, and notes this
 * opening on both sides. Each opening has a random mark of its own, so that a workspace which was handed on,
 * changed and handed back does not pass for one that stayed here; one that was moved or renamed on this disk does.
 * What cannot be read or written counts as `elsewhere`: then nothing starts by itself, which a person can do with
 * one click.
 *
 * @param notes the user's folder for what is remembered, outside of any workspace
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
    // Before the database has it: a crash in between leaves the old mark, whose note is still there.
    writeFileSync(noteOf(next), JSON.stringify({ file }), { mode: 0o600 });
    store.settings.saveOpeningMark(next);
    if (mark !== null) rmSync(noteOf(mark), { force: true });
  } catch (error) {
    // A full disk, say: the next opening asks.
    console.error(error);
  }
  return known?.file === file ? 'here' : 'elsewhere';
}

/** Beside the window's own settings where a window started this process, else where programs keep such things. */
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
