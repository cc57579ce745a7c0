import { closeSync, fsyncSync, openSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import { UserError } from '../core/errors.ts';
import type { Connection } from './connection.ts';
import { folderFailure } from './failures.ts';
import { applicationId } from './inspect.ts';
import type { Migration } from './migrations/migration.ts';
import { makePrivateFile } from './workspace-files.ts';

/** Copies from before migrations that are kept. */
const keptCopies = 3;

/** Names of the copies. */
export const copyPattern = /^understudy\.before-(\d+)\.sqlite$/;

/**
 * Brings a database to the newest form, all steps in one transaction: an upgrade that is interrupted leaves the
 * database as it was, so that the copy is always of what a released version wrote. One with content is copied
 * first, beside itself, as `understudy.before-<first step>.sqlite`.
 *
 * @throws UserError when a step or the copy failed; what was there is still there
 */
export function migrate(connection: Connection, migrations: readonly Migration[]): void {
  const version = Number(connection.pragma('user_version'));
  const pending = migrations.filter((migration) => migration.version > version);
  if (pending[0] === undefined) return;
  if (version > 0) keepCopy(connection, pending[0].version);
  // A step that rebuilds a table would otherwise lose all that refers to it.
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
      if (orphans.length > 0) throw new Error(`${orphans.length} rows refer to rows that are gone`);
      connection.pragma(`application_id = ${applicationId}`);
      connection.pragma(`user_version = ${version}`);
    });
  } catch (error) {
    if (error instanceof UserError) throw error;
    throw new UserError(
      'invalid-file',
      `${connection.file} could not be brought to this version of Understudy, and was left as it is. Open it with the version you had, and report this.`,
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

/** VACUUM INTO leaves it to the system when the bytes reach the disk. */
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
