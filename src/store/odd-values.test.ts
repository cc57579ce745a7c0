import { join } from 'node:path';
import Database from 'better-sqlite3';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { UserError } from '../core/errors.ts';
import { migrate } from './migrate.ts';
import { migrations } from './migrations/all.ts';
import { Connection } from './connection.ts';
import { databaseName, openStore, type Store } from './store.ts';
import { rows } from './testing/rows.ts';
import { temporaryFolder } from './testing/temporary-store.ts';

/** Creates a workspace with rows in every table. */
function fullWorkspace(): string {
  const folder = temporaryFolder();
  const connection = new Connection(join(folder, databaseName));
  for (const migration of migrations) {
    migrate(connection, [migration]);
    connection.execute(rows.get(migration.version) ?? '');
  }
  connection.close();
  return folder;
}

/** Odd values by the declared type of a column. */
const odd: Readonly<Record<string, readonly string[]>> = {
  INTEGER: ['-1', '2147483648', '9223372036854775807'],
  REAL: ['-1', '9e999'],
  TEXT: [`''`, `'../../x'`, `'{"2":-1}'`],
  BLOB: [`x''`, 'zeroblob(32)'],
};

/** Reads everything that the app or a command may read. */
function reads(store: Store): readonly (() => unknown)[] {
  return [
    () => store.projects.list(),
    () => store.projects.get(1),
    () => store.classes.list(1),
    () => store.classes.masksWith(2),
    () => store.images.page(1, { show: 'all', search: '' }, 0, 10),
    () => store.images.page(1, { show: 'test', search: 'a' }, 0, 10),
    () => store.images.get(1),
    () => [...store.images.all(1)],
    () => store.images.meanPixels(1),
    () => store.images.keyed(),
    () => store.images.contents(1),
    () => store.masks.list(1),
    () => store.masks.get(1, 'human'),
    () => store.masks.tiles(1, 'human', [{ x: 0, y: 0 }]),
    () => store.masks.marked(1, 'human'),
    () => store.masks.count(1, 'human'),
    () => store.imports.list(1),
    () => store.importFiles.known(1, ['/images/A2.png', '/images/notes.txt']),
    () => store.watched.list(1),
    () => store.watched.labels(1, '/images'),
    () => store.riskyFiles.list(1),
    () => store.teachers.list(),
    () => store.teachers.estimate(z.unknown(), 1, 'here'),
    () => store.runs.list(1),
    () => store.runs.files(1),
    () => store.records.metrics(1, 'distill'),
    () => store.records.predictions(1),
    () => store.records.probes(1),
    () => store.records.masks(1),
    () => store.review.page(1, 'several', { search: '' }, 0, 9),
    () => store.review.page(1, 'segmentation', { search: '' }, 0, 9),
    () => store.exports.list(1),
    () => store.settings.downloads(),
    () => store.testSets.state(1),
  ];
}

interface Column {
  readonly name: string;
  readonly type: string;
}

function columnsOf(database: Database.Database, table: string): Column[] {
  return database.pragma(`table_info(${table})`) as Column[];
}

function failureOf(read: () => unknown): unknown {
  try {
    read();
    return undefined;
  } catch (error) {
    return error;
  }
}

test('queries succeed or report damage, for any value of any column', () => {
  const folder = fullWorkspace();
  const store = openStore(folder);
  const database = new Database(join(folder, databaseName));
  database.pragma('foreign_keys = OFF');
  database.pragma('synchronous = OFF');
  database.pragma('ignore_check_constraints = ON');
  const tables = database
    .prepare(`SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite%'`)
    .pluck()
    .all() as string[];
  const problems: string[] = [];
  let tried = 0;
  for (const table of tables) {
    const before = database.prepare(`SELECT * FROM ${table}`).raw().safeIntegers().all();
    for (const { name, type } of columnsOf(database, table)) {
      for (const value of odd[type] ?? []) {
        try {
          database.exec(`UPDATE OR IGNORE ${table} SET ${name} = ${value}`);
        } catch {
          // SQLite itself enforces the column's type or NOT NULL.
          continue;
        }
        tried++;
        for (const read of reads(store)) {
          const error = failureOf(read);
          if (error === undefined || error instanceof UserError) continue;
          problems.push(
            `${table}.${name} = ${value}: ${String(read)}: ${(error as Error).message}`,
          );
        }
        restore(database, table, before as unknown[][]);
      }
    }
  }
  database.close();
  store.close();
  expect(tried).toBeGreaterThan(150);
  expect(problems).toEqual([]);
});

test('a text with a NUL character is damage for every reader', () => {
  const folder = fullWorkspace();
  const store = openStore(folder);
  const database = new Database(join(folder, databaseName));
  database.exec(`UPDATE images SET name = 'a' || char(0) || '.png'`);
  database.close();
  try {
    expect(failureOf(() => store.images.get(1))).toMatchObject({ code: 'invalid-file' });
    expect(failureOf(() => [...store.images.all(1)])).toMatchObject({ code: 'invalid-file' });
  } finally {
    store.close();
  }
});

function restore(database: Database.Database, table: string, values: readonly unknown[][]): void {
  database.transaction(() => {
    database.exec(`DELETE FROM ${table}`);
    for (const row of values) {
      database.prepare(`INSERT INTO ${table} VALUES (${row.map(() => '?').join()})`).run(...row);
    }
  })();
}
