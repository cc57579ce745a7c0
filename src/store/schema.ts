import { z } from 'zod';
import { Connection } from './connection.ts';
import { changedElsewhere } from './failures.ts';
import type { Migration } from './migrations/migration.ts';

/**
 * The form of a database: its tables, indices, views and triggers. A view or a trigger runs whatever somebody wrote
 * into it, and a query on it may never end, so that a database with another form than ours is not queried at all.
 */

const object = z.object({
  type: z.string(),
  name: z.string(),
  on: z.string(),
  sql: z.string().nullable(),
});
type SchemaObject = z.infer<typeof object>;

/** What ANALYZE of any tool leaves; it only holds numbers for SQLite's planner. */
const statistics: ReadonlySet<string> = new Set([
  'create table sqlite_stat1(tbl,idx,stat)',
  'create table sqlite_stat4(tbl,idx,neq,nlt,ndlt,sample)',
]);

/** Forms by the version that has them: making one takes some milliseconds. */
const forms = new Map<number, ReadonlyMap<string, string>>();

/**
 * Refuses a database whose tables, indices, views or triggers are not exactly those that the migrations make. Reads
 * the table of contents alone.
 *
 * @param version of the database, its `user_version`
 * @throws UserError 'invalid-file' that names the first difference
 */
export function requireSchema(
  connection: Connection,
  version: number,
  migrations: readonly Migration[],
): void {
  const expected = formOf(version, migrations);
  const found = read(connection);
  for (const [key, sql] of found) {
    const wanted = expected.get(key);
    if (wanted === undefined) throw changedElsewhere(connection.file, `an unknown ${key}`);
    if (wanted !== sql) throw changedElsewhere(connection.file, `another ${key}`);
  }
  for (const key of expected.keys()) {
    if (!found.has(key)) throw changedElsewhere(connection.file, `no ${key}`);
  }
}

function formOf(version: number, migrations: readonly Migration[]): ReadonlyMap<string, string> {
  const known = forms.get(version);
  if (known) return known;
  const connection = new Connection(':memory:');
  try {
    for (const migration of migrations) {
      if (migration.version > version) break;
      if (typeof migration.up === 'string') connection.execute(migration.up);
      else migration.up(connection);
    }
    const form = read(connection);
    forms.set(version, form);
    return form;
  } finally {
    connection.close();
  }
}

/** What there is, as `table images`, with its definition. */
function read(connection: Connection): Map<string, string> {
  const sql = 'SELECT type, name, tbl_name AS "on", sql FROM sqlite_schema';
  const objects = connection.all(object, sql).filter((one) => !isStatistics(one));
  return new Map(
    objects.map(({ type, name, on, sql: text }) => [
      `${type} ${name}`,
      // An index that SQLite makes for a UNIQUE or PRIMARY KEY has no text.
      `${on.toLowerCase()}: ${normalized(text ?? '')}`,
    ]),
  );
}

function isStatistics({ type, sql }: SchemaObject): boolean {
  return type === 'table' && statistics.has(normalized(sql ?? ''));
}

/** Strings (one with a quote in it is two), names in quotes, comments, white space, words and numbers, and all else one by one. */
const tokens = /'[^']*'|"[^"]*"|--[^\n]*|\s+|\w+|[^]/g;

/**
 * A definition without comments, and the same for every way to space and quote it: versions of SQLite write a table
 * that was renamed or got a column in different ways.
 */
function normalized(sql: string): string {
  let text = '';
  for (const [token] of sql.matchAll(tokens)) {
    if (/^(?:--|\s)/.test(token)) continue;
    const plain = /^"(\w+)"$/.exec(token)?.[1] ?? token;
    const shown = token.startsWith("'") ? token : plain.toLowerCase();
    // Two words stay two.
    const isGlued = /\w$/.test(text) && /^\w/.test(shown);
    text += isGlued ? ` ${shown}` : shown;
  }
  return text;
}
