import { z } from 'zod';
import { databaseText } from '../text/index.ts';
import { Connection } from './connection.ts';
import { changedSchemaError } from './failures.ts';
import type { Migration } from './migrations/migration.ts';

/**
 * Check of a database's schema: its tables, indices, views and triggers. A view or a trigger runs whatever its author
 * wrote, and a query on it may never end, so a database with a schema other than ours is not queried at all.
 */

const object = z.object({
  type: z.string(),
  name: z.string(),
  on: z.string(),
  sql: z.string().nullable(),
});
type SchemaObject = z.infer<typeof object>;

/** Tables that ANALYZE of any tool creates; they hold only numbers for SQLite's planner. */
const statistics: ReadonlySet<string> = new Set([
  'create table sqlite_stat1(tbl,idx,stat)',
  'create table sqlite_stat4(tbl,idx,neq,nlt,ndlt,sample)',
]);

/** Cache of schemas by version: creating one takes some milliseconds. */
const schemas = new Map<number, ReadonlyMap<string, string>>();

/**
 * Refuses a database whose tables, indices, views or triggers are not exactly those that the migrations create. Reads
 * the schema table only.
 *
 * @param version version of the database, its `user_version`
 * @throws UserError 'invalid-file' that names the first difference
 */
export function requireSchema(
  connection: Connection,
  version: number,
  migrations: readonly Migration[],
): void {
  const expected = schemaOf(version, migrations);
  const found = read(connection);
  for (const [key, sql] of found) {
    const wanted = expected.get(key);
    if (wanted === undefined)
      throw changedSchemaError(connection.file, databaseText.unknownDefinition(key));
    if (wanted !== sql)
      throw changedSchemaError(connection.file, databaseText.otherDefinition(key));
  }
  for (const key of expected.keys()) {
    if (!found.has(key))
      throw changedSchemaError(connection.file, databaseText.missingDefinition(key));
  }
}

function schemaOf(version: number, migrations: readonly Migration[]): ReadonlyMap<string, string> {
  const known = schemas.get(version);
  if (known) return known;
  const connection = new Connection(':memory:');
  try {
    for (const migration of migrations) {
      if (migration.version > version) break;
      if (typeof migration.up === 'string') connection.execute(migration.up);
      else migration.up(connection);
    }
    const form = read(connection);
    schemas.set(version, form);
    return form;
  } finally {
    connection.close();
  }
}

/** Reads the schema: definitions by key, for example `table images`. */
function read(connection: Connection): Map<string, string> {
  const sql = 'SELECT type, name, tbl_name AS "on", sql FROM sqlite_schema';
  const objects = connection.all(object, sql).filter((one) => !isStatistics(one));
  return new Map(
    objects.map(({ type, name, on, sql: text }) => [
      `${type} ${name}`,
      // An index that SQLite creates for a UNIQUE or PRIMARY KEY has no text.
      `${on.toLowerCase()}: ${normalized(text ?? '')}`,
    ]),
  );
}

function isStatistics({ type, sql }: SchemaObject): boolean {
  return type === 'table' && statistics.has(normalized(sql ?? ''));
}

/** Tokens: strings (two if it has a quote inside), quoted names, comments, white space, words and numbers, others. */
const tokens = /'[^']*'|"[^"]*"|--[^\n]*|\s+|\w+|[^]/g;

/**
 * Normalises a definition: without comments, spacing and quotes, since versions of SQLite write a table
 * that was renamed or extended by a column in different ways.
 */
function normalized(sql: string): string {
  let text = '';
  for (const [token] of sql.matchAll(tokens)) {
    if (/^(?:--|\s)/.test(token)) continue;
    const plain = /^"(\w+)"$/.exec(token)?.[1] ?? token;
    const shown = token.startsWith("'") ? token : plain.toLowerCase();
    // Keep adjacent words apart.
    const isGlued = /\w$/.test(text) && /^\w/.test(shown);
    text += isGlued ? ` ${shown}` : shown;
  }
  return text;
}
