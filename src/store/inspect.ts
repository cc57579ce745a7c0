import { existsSync, statSync } from 'node:fs';
import { z } from 'zod';
import { UserError } from '../core/errors.ts';
import { Connection } from './connection.ts';
import { damage } from './failures.ts';
import type { Migration } from './migrations/migration.ts';
import { requireSchema } from './schema.ts';

/** `Unds`: what SQLite keeps in the file's header to tell whose database it is. */
export const applicationId = 0x556e6473;

const table = z.object({ name: z.string() });
const finding = z.object({ quick_check: z.string() });

/**
 * Refuses a file that must not be written to; none at all is fine. It is only read, so whatever is refused
 * stays as it is.
 *
 * @param migrations all that this program knows, in their order
 * @throws UserError 'invalid-file' for a damaged file, another program's or one that another program changed, 'unsupported' for one from a
 * newer version, 'disk' where it cannot be read
 */
export function inspectDatabase(file: string, migrations: readonly Migration[]): void {
  // SQLite creates the file empty: a process that was killed right then leaves it so.
  if (!existsSync(file) || statSync(file).size === 0) return;
  const newest = migrations.at(-1)?.version ?? 0;
  const connection = new Connection(file, { readOnly: true });
  try {
    const version = Number(connection.pragma('user_version'));
    const owner = connection.pragma('application_id');
    if (owner !== applicationId) {
      // A first start that was killed has written no more than a header.
      if (owner === 0 && version === 0 && isEmpty(connection)) return;
      throw new UserError(
        'invalid-file',
        `${file} belongs to another program. Choose another folder, or move that file away.`,
      );
    }
    if (version > newest) {
      throw new UserError(
        'unsupported',
        `The workspace ${file} was written by a newer version of Understudy. Install that version, or choose another folder.`,
        `version ${version}, known up to ${newest}`,
      );
    }
    requireSchema(connection, version, migrations);
    checkSoundness(connection);
  } finally {
    connection.close();
  }
}

/**
 * Reads every table once but the masks, which may be gigabytes: damage in those shows when they are
 * read. At 50,000 images this takes some 20 ms.
 */
function checkSoundness(connection: Connection): void {
  for (const name of tablesOf(connection)) {
    if (name === 'mask_tiles') continue;
    const findings = connection.all(finding, `PRAGMA quick_check("${name}")`);
    const bad = findings.find(({ quick_check }) => quick_check !== 'ok');
    if (bad !== undefined) throw damage(connection.file, bad.quick_check);
  }
}

function isEmpty(connection: Connection): boolean {
  return connection.all(table, 'SELECT name FROM sqlite_schema').length === 0;
}

function tablesOf(connection: Connection): string[] {
  const sql = `SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite%'`;
  return connection.all(table, sql).map(({ name }) => name);
}
