import { existsSync, statSync } from 'node:fs';
import { z } from 'zod';
import { UserError } from '../core/errors.ts';
import { databaseText } from '../text/index.ts';
import { Connection } from './connection.ts';
import { damageError } from './failures.ts';
import type { Migration } from './migrations/migration.ts';
import { requireSchema } from './schema.ts';

/** Application id `Unds`, which SQLite stores in the file's header to identify the owner of a database. */
export const applicationId = 0x556e6473;

const table = z.object({ name: z.string() });
const finding = z.object({ quick_check: z.string() });

/**
 * Refuses a file that must not be written to; a missing file is accepted. The file is only read, so a refused one
 * does not change.
 *
 * @param migrations all known migrations, in their order
 * @throws UserError 'invalid-file' for a damaged file, one of another program or one that another program changed,
 * 'unsupported' for one from a newer version, 'disk' if it cannot be read
 */
export function inspectDatabase(file: string, migrations: readonly Migration[]): void {
  // SQLite creates the file empty: a process killed at that moment leaves it empty.
  if (!existsSync(file) || statSync(file).size === 0) return;
  const newest = migrations.at(-1)?.version ?? 0;
  const connection = new Connection(file, { readOnly: true });
  try {
    const version = Number(connection.pragma('user_version'));
    const owner = connection.pragma('application_id');
    if (owner !== applicationId) {
      // A first start that was killed has written at most a header.
      if (owner === 0 && version === 0 && isEmpty(connection)) return;
      throw new UserError('invalid-file', databaseText.ofAnotherProgram(file));
    }
    if (version > newest) {
      throw new UserError(
        'unsupported',
        databaseText.ofNewerVersion(file),
        `version ${version}, supported up to ${newest}`,
      );
    }
    requireSchema(connection, version, migrations);
    checkIntegrity(connection);
  } finally {
    connection.close();
  }
}

/**
 * Reads every table once except the masks, which may be gigabytes: damage in them shows when they are
 * read. With 50,000 images this takes some 20 ms.
 */
function checkIntegrity(connection: Connection): void {
  for (const name of tablesOf(connection)) {
    if (name === 'mask_tiles') continue;
    const findings = connection.all(finding, `PRAGMA quick_check("${name}")`);
    const bad = findings.find(({ quick_check }) => quick_check !== 'ok');
    if (bad !== undefined) throw damageError(connection.file, bad.quick_check);
  }
}

function isEmpty(connection: Connection): boolean {
  return connection.all(table, 'SELECT name FROM sqlite_schema').length === 0;
}

function tablesOf(connection: Connection): string[] {
  const sql = `SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite%'`;
  return connection.all(table, sql).map(({ name }) => name);
}
