import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { describe, expect, test } from 'vitest';
import { migrations } from './migrations/all.ts';
import { databaseName, openStore } from './store.ts';
import { addImages, addProject, newImage } from './testing/fixtures.ts';
import { temporaryFolder, temporaryStore } from './testing/temporary-store.ts';

const refusal = (code: string): Error =>
  expect.objectContaining({ name: 'UserError', code }) as Error;

/** Changes the database as another program would. */
function change(folder: string, sql: string): void {
  const database = new Database(join(folder, databaseName));
  database.exec(sql);
  database.close();
}

test('creates the folder, and leaves one file next to the lock when closed', () => {
  const folder = join(temporaryFolder(), 'new', 'Arbeitsplatz é');
  const store = openStore(folder);
  expect(store.folder).toBe(folder);
  addProject(store);
  expect(existsSync(join(folder, 'understudy.sqlite-wal'))).toBe(true);
  store.close();
  store.close();
  expect(readdirSync(folder).sort()).toEqual(['understudy.lock', 'understudy.sqlite']);
  const again = openStore(folder);
  expect(again.projects.list()).toHaveLength(1);
  again.close();
});

test.skipIf(process.platform === 'win32')('detects that its folder was moved or replaced', () => {
  const folder = join(temporaryFolder(), 'workspace');
  const store = openStore(folder);
  addProject(store);
  store.requireThere();
  renameSync(folder, `${folder} elsewhere`);
  const require = (): void => {
    store.requireThere();
  };
  expect(require).toThrow(refusal('not-found'));
  mkdirSync(folder);
  cpSync(join(`${folder} elsewhere`, databaseName), join(folder, databaseName));
  expect(require).toThrow(/is missing/);
  rmSync(folder, { recursive: true });
  renameSync(`${folder} elsewhere`, folder);
  require();
  store.close();
});

test('a missing known workspace is not created again', () => {
  const folder = join(temporaryFolder(), 'workspace');
  const open = (): unknown => openStore(folder, { isKnown: true });
  expect(open).toThrow(refusal('not-found'));
  expect(existsSync(folder)).toBe(false);
  openStore(folder).close();
  openStore(folder, { isKnown: true }).close();
});

test('the database states its application and version, and has only strict tables', () => {
  const store = temporaryStore();
  const database = new Database(join(store.folder, databaseName), { readonly: true });
  const pragma = (name: string): unknown => database.pragma(name, { simple: true });
  expect(pragma('application_id')).toBe(0x556e6473);
  expect(pragma('user_version')).toBe(migrations.at(-1)?.version);
  expect(pragma('journal_mode')).toBe('wal');
  const loose = database
    .prepare(`SELECT name FROM pragma_table_list WHERE NOT strict AND name NOT LIKE 'sqlite%'`)
    .all();
  expect(loose).toEqual([]);
  database.close();
});

test('every cascading foreign key has an index, so that removing is fast', () => {
  const store = temporaryStore();
  const database = new Database(join(store.folder, databaseName), { readonly: true });
  const bare = database
    .prepare(
      `SELECT tables.name, keys."from" FROM pragma_table_list AS tables
         JOIN pragma_foreign_key_list(tables.name) AS keys
       WHERE NOT EXISTS (
         SELECT 1 FROM pragma_index_list(tables.name) AS indices
           JOIN pragma_index_info(indices.name) AS columns
         WHERE columns.seqno = keys.seq AND columns.name = keys."from")`,
    )
    .all();
  expect(bare).toEqual([]);
  database.close();
});

test('a transaction of several queries is applied completely or not at all', () => {
  const store = temporaryStore();
  const { id } = addProject(store);
  expect(() => {
    store.transaction(() => {
      addImages(store, id, ['a', 'b']);
      store.images.add(id, [newImage('c', { height: 0 })]);
    });
  }).toThrow(/CHECK/);
  expect(store.projects.get(id).images).toBe(0);
  expect(store.transaction(() => addImages(store, id, ['a']))).toHaveLength(1);
  expect(store.projects.get(id).images).toBe(1);
});

describe('opening refuses', () => {
  test('a folder that cannot be created or written', () => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, 'file'), '');
    expect(() => openStore(join(folder, 'file'))).toThrow(refusal('disk'));
    expect(() => openStore(join(folder, 'file', 'below'))).toThrow(refusal('disk'));
    expect(() => openStore(join(folder, 'file', 'below'))).toThrow(/Check its permissions/);
    mkdirSync(join(folder, 'one', 'understudy.lock'), { recursive: true });
    expect(() => openStore(join(folder, 'one'))).toThrow(refusal('disk'));
    mkdirSync(join(folder, 'two', databaseName), { recursive: true });
    expect(() => openStore(join(folder, 'two'))).toThrow(refusal('disk'));
  });

  test.each([
    ['text', Buffer.from('no database '.repeat(1000))],
    ['a picture', Buffer.from([0x89, 0x50, 0x4e, 0x47, 1, 2, 3])],
  ])('a file that is not a database: %s', (_name, bytes) => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, databaseName), bytes);
    expect(() => openStore(folder)).toThrow(refusal('invalid-file'));
    expect(() => openStore(folder)).toThrow(/is damaged or is not a database/);
    expect(readFileSync(join(folder, databaseName))).toEqual(bytes);
  });

  test.each([
    ['cut off', (bytes: Buffer) => bytes.subarray(0, bytes.length / 2)],
    // Keeps the header and the schema's root page.
    ['overwritten', (bytes: Buffer) => bytes.fill(0xa5, 3 * 4096)],
  ])('a damaged database: %s', (_name, damaged) => {
    const folder = temporaryFolder();
    const store = openStore(folder);
    addImages(store, addProject(store).id, ['a', 'b']);
    store.close();
    const file = join(folder, databaseName);
    const bytes = damaged(readFileSync(file));
    writeFileSync(file, bytes);
    expect(() => openStore(folder)).toThrow(refusal('invalid-file'));
    expect(readFileSync(file)).toEqual(bytes);
  });

  test.each([
    [
      'a secret',
      (folder: string) => {
        writeFileSync(join(folder, 'secret'), 'x');
      },
    ],
    ['a run', (folder: string) => mkdirSync(join(folder, 'runs', '1'), { recursive: true })],
  ])('an empty database next to %s is damaged, not a first start', (_name, write) => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, databaseName), '');
    write(folder);
    expect(() => openStore(folder)).toThrow(/is damaged or is not a database/);
    expect(readFileSync(join(folder, databaseName)).length).toBe(0);
  });

  test('a lock that is no lock', () => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, 'understudy.lock'), 'something else '.repeat(100));
    expect(() => openStore(folder)).toThrow(/understudy\.lock .*is damaged or is not a database/);
  });

  test.each([
    ['with tables', 'CREATE TABLE things (name TEXT)'],
    ['empty', 'PRAGMA application_id = 42'],
    ['with a version', 'PRAGMA user_version = 1'],
  ])("another program's database, %s", (_name, sql) => {
    const folder = temporaryFolder();
    change(folder, sql);
    const before = readFileSync(join(folder, databaseName));
    expect(() => openStore(folder)).toThrow(refusal('invalid-file'));
    expect(() => openStore(folder)).toThrow(/belongs to another program/);
    expect(readFileSync(join(folder, databaseName))).toEqual(before);
  });

  test('a database from a newer version, and leaves it unchanged, with its write-ahead log', () => {
    const folder = temporaryFolder();
    openStore(folder).close();
    const database = new Database(join(folder, databaseName));
    database.exec('PRAGMA user_version = 9990; CREATE TABLE later (name TEXT) STRICT');
    const copy = temporaryFolder();
    const files = [databaseName, `${databaseName}-wal`];
    for (const file of files) cpSync(join(folder, file), join(copy, file));
    database.close();
    const before = files.map((file) => readFileSync(join(copy, file)));
    expect(() => openStore(copy)).toThrow(refusal('unsupported'));
    expect(() => openStore(copy)).toThrow(/newer version of Understudy/);
    expect(files.map((file) => readFileSync(join(copy, file)))).toEqual(before);
  });

  test('a second opening in the same process', () => {
    const store = temporaryStore();
    expect(() => openStore(store.folder)).toThrow(refusal('in-use'));
    addProject(store);
    expect(() => openStore(store.folder)).toThrow(/open in another window/);
    store.close();
    openStore(store.folder).close();
  });
});

test('a refused folder can be opened after the problem is fixed', () => {
  const folder = temporaryFolder();
  openStore(folder).close();
  change(folder, 'PRAGMA user_version = 9990');
  expect(() => openStore(folder)).toThrow(refusal('unsupported'));
  change(folder, `PRAGMA user_version = ${migrations.at(-1)?.version ?? 0}`);
  openStore(folder).close();
});

test.each([
  ['empty', ''],
  ['without a table', 'PRAGMA journal_mode = WAL'],
])('continues after a first start that was killed: %s', (_name, sql) => {
  const folder = temporaryFolder();
  change(folder, sql);
  const store = openStore(folder);
  addProject(store);
  store.close();
  expect(readdirSync(folder).sort()).toEqual(['understudy.lock', 'understudy.sqlite']);
});

test('reports a row with invalid values as an error of the file', () => {
  const store = temporaryStore();
  const { id } = addProject(store);
  change(store.folder, `UPDATE projects SET settings = '{"rank":"high"}'`);
  expect(() => store.projects.get(id)).toThrow(refusal('invalid-file'));
});
