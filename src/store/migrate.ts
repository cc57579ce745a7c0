import { closeSync, fsyncSync, openSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import { UserError } from '../core/errors.ts';
import { databaseText } from '../text/index.ts';
import type { Connection } from './connection.ts';
import { folderFailure } from './failures.ts';
import { applicationId } from './inspect.ts';
import type { Migration } from './migrations/migration.ts';
import { makePrivateFile } from './workspace-files.ts';

/** Number of copies from before migrations that are kept. */
const keptCopies = 3;

/** Pattern of the copies' names. */
export const copyPattern = /^understudy\.before-(\d+)\.sqlite$/;

/**
 * Migrates a database to the newest version, all steps in one transaction: an interrupted upgrade leaves the
 * database as it was, so that a copy is always that of a released version. A database with content is copied
 * first, in its folder, as `understudy.before-<first step>.sqlite`.
 *
 * @throws UserError if a step or the copy fails; the database is unchanged then
 */
export function migrate(connection: Connection, migrations: readonly Migration[]): void {
  const version = Number(connection.pragma('user_version'));
  const pending = migrations.filter((migration) => migration.version > version);
  if (pending[0] === undefined) return;
  if (version > 0) keepCopy(connection, pending[0].version);
  // With foreign keys on, a step that rebuilds a table would delete all rows that refer to it.
  connection.pragma('foreign_keys = OFF');
  connection.transaction(() => {
    for (const migration of pending) apply(connection, migration);
  });
  connection.pragma('foreign_keys = ON');
}

function apply(connection: Connection, { version, name, up }: Migration): void {
  try {
    connection.transaction(() => {
      if (typeof up === 'string') connection.execute(up);
      else up(connection);
      const orphans = connection.all(z.unknown(), 'PRAGMA foreign_key_check');
      if (orphans.length > 0) throw new Error(`${orphans.length} rows refer to deleted rows`);
      connection.pragma(`application_id = ${applicationId}`);
      connection.pragma(`user_version = ${version}`);
    });
  } catch (error) {
    if (error instanceof UserError) throw error;
    throw new UserError(
      'invalid-file',
      databaseText.notUpgraded(connection.file),
      `step ${version} ${name}: ${String(error)}`,
    );
  }
}

function keepCopy(connection: Connection, version: number): void {
  const folder = dirname(connection.file);
  const partial = join(folder, 'understudy.copy.partial');
  try {
    rmSync(partial, { force: true });
    makePrivateFile(partial);
    connection.run('VACUUM INTO ?', partial);
    synchronize(partial);
    renameSync(partial, join(folder, copyName(version)));
    removeOldCopies(folder);
  } catch (error) {
    rmSync(partial, { force: true });
    throw folderFailure(error, folder);
  }
}

function copyName(version: number): string {
  return `understudy.before-${String(version).padStart(3, '0')}.sqlite`;
}

/** Writes a file's data to the disk, which VACUUM INTO leaves to the operating system. */
function synchronize(file: string): void {
  const handle = openSync(file, 'r+');
  try {
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}

function removeOldCopies(folder: string): void {
  const copies = readdirSync(folder)
    .flatMap((name) => {
      const version = copyPattern.exec(name)?.[1];
      return version === undefined ? [] : [{ name, version: Number(version) }];
    })
    .sort((one, other) => other.version - one.version);
  for (const { name } of copies.slice(keptCopies)) rmSync(join(folder, name), { force: true });
}
