import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { Connection } from './connection.ts';
import { copyPattern } from './migrate.ts';
import { migrations } from './migrations/all.ts';
import { requireSchema } from './schema.ts';

/** The row of `settings` that is there while something of a removed project may still be in a file. */
const due = 'forget';

const row = z.object({ name: z.string() });
const projectIds = z.object({ id: z.number() });

/** Notes, in the transaction that removes a project, that its names have to go from the files as well. */
export function requestForgetting(connection: Connection): void {
  connection.run(`INSERT OR REPLACE INTO settings (name, value) VALUES (?, 'true')`, due);
}

export function isForgettingDue(connection: Connection): boolean {
  return connection.get(row, 'SELECT name FROM settings WHERE name = ?', due) !== undefined;
}

/**
 * Builds the database anew without what was deleted from it, empties its log, and removes from the copies of
 * earlier versions what is no longer in it. Deleting alone leaves names behind: in pages that were rebuilt, in
 * the log, and in the copies. A failure is noted on the console and tried again at the next opening.
 */
export function forgetRemoved(connection: Connection, folder: string): void {
  try {
    forgetInCopies(connection, folder);
    connection.execute('VACUUM');
    connection.run('DELETE FROM settings WHERE name = ?', due);
    connection.pragma('wal_checkpoint(TRUNCATE)');
  } catch (error) {
    console.error(error);
  }
}

/** A copy that cannot be changed is deleted: it must not outlive what was removed. */
function forgetInCopies(connection: Connection, folder: string): void {
  const kept = new Set(connection.all(projectIds, 'SELECT id FROM projects').map(({ id }) => id));
  for (const name of readdirSync(folder)) {
    if (!copyPattern.test(name)) continue;
    const file = join(folder, name);
    try {
      forgetIn(file, kept);
    } catch {
      for (const end of ['', '-wal', '-shm', '-journal']) rmSync(`${file}${end}`, { force: true });
    }
  }
}

/** Addresses of mirrors and proxies had names and passwords in them once. */
function forgetLogins(copy: Connection): void {
  const isThere = copy.get(row, `SELECT name FROM sqlite_schema WHERE name = 'settings'`);
  if (isThere === undefined) return;
  copy.run(`DELETE FROM settings WHERE name = 'downloads' AND value GLOB '*//*@*'`);
}

/** Ids of projects are never given twice, so that a project that is not in the database was removed. */
function forgetIn(file: string, kept: ReadonlySet<number>): void {
  const copy = new Connection(file);
  try {
    requireSchema(copy, Number(copy.pragma('user_version')), migrations);
    copy.pragma('foreign_keys = ON');
    copy.pragma('secure_delete = ON');
    const gone = copy.all(projectIds, 'SELECT id FROM projects').filter(({ id }) => !kept.has(id));
    copy.transaction(() => {
      forgetLogins(copy);
      for (const { id } of gone) copy.run('DELETE FROM projects WHERE id = ?', id);
    });
    copy.execute('VACUUM');
  } finally {
    copy.close();
  }
}
