import { existsSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { expect, test } from 'vitest';
import { databaseName, openStore } from './store.ts';
import { temporaryFolder } from './testing/temporary-store.ts';

function changed(sql: string): string {
  const folder = temporaryFolder();
  openStore(folder).close();
  const database = new Database(join(folder, databaseName));
  database.unsafeMode(true);
  database.pragma('writable_schema = ON');
  database.exec(sql);
  database.close();
  return folder;
}

const endless = 'WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c)';
const rewrite = (name: string, from: string, to: string): string =>
  `UPDATE sqlite_schema SET sql = replace(sql, '${from}', '${to}') WHERE name = '${name}'`;

test.each([
  [
    'a view that never ends in the place of a table',
    `ALTER TABLE images RENAME TO im2;
     CREATE VIEW images AS ${endless} SELECT im2.* FROM im2, c WHERE x = -1`,
    /it has /,
  ],
  ['a further view', `CREATE VIEW more AS ${endless} SELECT * FROM c`, /an unknown view more/],
  [
    'a trigger',
    `CREATE TRIGGER more AFTER UPDATE ON projects BEGIN DELETE FROM images; END`,
    /an unknown trigger more/,
  ],
  ['a further table', 'CREATE TABLE more (a)', /an unknown table more/],
  ['a virtual table', 'CREATE VIRTUAL TABLE more USING fts5 (a)', /an unknown table more/],
  ['an index on a function', 'CREATE INDEX more ON images (hex(name))', /an unknown index more/],
  ['a table less', 'DROP TABLE risky_files', /no table risky_files/],
  ['an index less', 'DROP INDEX images_in_order', /no index images_in_order/],
  ['a column more', 'ALTER TABLE images ADD COLUMN more TEXT', /a different table images/],
  [
    'a computed column',
    rewrite('images', 'group_name TEXT', 'group_name TEXT AS (name)'),
    /a different table images/,
  ],
  ['a check less', rewrite('images', 'CHECK (width > 0)', ''), /a different table images/],
  ['another default', rewrite('runs', 'DEFAULT 0', 'DEFAULT (random())'), /a different table runs/],
  ['other text', rewrite('images', `''test''`, `''TEST''`), /a different table images/],
  ['a table that is not strict', rewrite('projects', 'STRICT', ''), /a different table projects/],
])('a database with %s is not opened', (_name, sql, difference) => {
  const folder = changed(sql);
  const refusal = expect.objectContaining({ name: 'UserError', code: 'invalid-file' }) as Error;
  expect(() => openStore(folder)).toThrow(refusal);
  expect(() => openStore(folder)).toThrow(difference);
  expect(() => openStore(folder)).toThrow(/changed by another program.*Restore a backup of it/);
});

test('refuses an older database with a view, before copying or changing it', () => {
  const folder = changed(
    `CREATE VIEW more AS ${endless} SELECT * FROM c; PRAGMA user_version = 200`,
  );
  expect(() => openStore(folder)).toThrow(/changed by another program/);
  expect(existsSync(join(folder, 'understudy.before-210.sqlite'))).toBe(false);
});

test.each([
  ['figures for the planner', 'ANALYZE'],
  ['other spaces, quotes and comments', rewrite('projects', 'name TEXT', '"NAME" -- a\n text')],
  ['pages in another order', 'VACUUM'],
])('a database with %s is opened', (_name, sql) => {
  const folder = changed(sql);
  const store = openStore(folder);
  expect(store.projects.list()).toEqual([]);
  store.close();
});
