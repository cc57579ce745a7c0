import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { Connection } from './connection.ts';
import { copyPattern } from './migrate.ts';
import { migrations } from './migrations/all.ts';
import { requireSchema } from './schema.ts';

/** Row of `settings` that exists while traces of a removed project may still be in a file. */
const pendingErasure = 'forget';

const row = z.object({ name: z.string() });
const projectIds = z.object({ id: z.number() });

/** Records, in the transaction that removes a project, that its names have to be erased from the files too. */
export function requestForgetting(connection: Connection): void {
  connection.run(
    `INSERT OR REPLACE INTO settings (name, value) VALUES (?, 'true')`,
    pendingErasure,
  );
}

export function isForgettingDue(connection: Connection): boolean {
  return (
    connection.get(row, 'SELECT name FROM settings WHERE name = ?', pendingErasure) !== undefined
  );
}

/**
 * Rebuilds the database without deleted content, empties its log, and deletes removed projects from the copies of
 * earlier versions. Deleting rows alone leaves names behind: in pages that were rebuilt, in
 * the log, and in the copies. A failure is logged to the console and tried again at the next opening.
 */
export function forgetRemoved(connection: Connection, folder: string): void {
  try {
    forgetInCopies(connection, folder);
    connection.execute('VACUUM');
    connection.run('DELETE FROM settings WHERE name = ?', pendingErasure);
    connection.pragma('wal_checkpoint(TRUNCATE)');
  } catch (error) {
    console.error(error);
  }
}

/** Erases removed projects from all copies. A copy that cannot be changed is deleted, so that no trace remains. */
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

/** Deletes addresses of mirrors and proxies that contain names and passwords, which older versions stored. */
function forgetLogins(copy: Connection): void {
  const isThere = copy.get(row, `SELECT name FROM sqlite_schema WHERE name = 'settings'`);
  if (isThere === undefined) return;
  copy.run(`DELETE FROM settings WHERE name = 'downloads' AND value GLOB '*//*@*'`);
}

/** Erases removed projects from one copy. Project ids are never reused, so one not in the database was removed. */
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
