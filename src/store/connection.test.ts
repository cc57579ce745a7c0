import { join } from 'node:path';
import Database from 'better-sqlite3';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { Connection } from './connection.ts';
import { databaseFailure } from './failures.ts';
import { temporaryFolder } from './testing/temporary-store.ts';

function temporaryConnection(): Connection {
  const connection = new Connection(join(temporaryFolder(), 'test.sqlite'));
  connection.execute('CREATE TABLE things (size INTEGER NOT NULL, bytes BLOB) STRICT');
  return connection;
}

const sizes = z.object({ size: z.number() });

test('a full disk is reported, and the transaction is rolled back', () => {
  const connection = temporaryConnection();
  connection.pragma('max_page_count = 20');
  const full = expect.objectContaining({ name: 'UserError', code: 'disk' }) as Error;
  const fill = (): void => {
    connection.transaction(() => {
      const sql = 'INSERT INTO things (size, bytes) VALUES (?, ?)';
      for (let size = 0; size < 50; size++) connection.run(sql, size, new Uint8Array(4096));
    });
  };
  expect(fill).toThrow(full);
  expect(fill).toThrow(/disk is full/);
  expect(connection.all(sizes, 'SELECT size FROM things')).toEqual([]);
  connection.run('INSERT INTO things (size) VALUES (1)');
  expect(connection.get(sizes, 'SELECT size FROM things')).toEqual({ size: 1 });
  connection.close();
});

test.each([
  ['by place', ['a\0b', new Uint8Array(4)]],
  ['by name', [{ size: 'a\0b', bytes: null }]],
] as const)('refuses to store a text with a NUL character: %s', (_, bindings) => {
  const connection = temporaryConnection();
  const values = bindings.length === 2 ? '?, ?' : ':size, :bytes';
  expect(() => connection.run(`INSERT INTO things VALUES (${values})`, ...bindings)).toThrow(/NUL/);
  expect(connection.all(sizes, 'SELECT size FROM things')).toEqual([]);
  connection.close();
});

test('a lock held by another program is reported', () => {
  const connection = temporaryConnection();
  const other = new Database(connection.file);
  other.exec('BEGIN EXCLUSIVE');
  const inUse = expect.objectContaining({ name: 'UserError', code: 'in-use' }) as Error;
  expect(() => connection.run('DELETE FROM things')).toThrow(inUse);
  other.close();
  expect(connection.run('DELETE FROM things').rows).toBe(0);
  connection.close();
});

test.each([
  ['SQLITE_FULL', 'disk', /disk is full/],
  ['SQLITE_IOERR', 'disk', /disk failed/],
  ['SQLITE_IOERR_WRITE', 'disk', /disk failed/],
  ['SQLITE_READONLY_DBMOVED', 'disk', /permissions/],
  ['SQLITE_CANTOPEN', 'disk', /permissions/],
  ['SQLITE_BUSY_SNAPSHOT', 'in-use', /another program/],
  ['SQLITE_CORRUPT_INDEX', 'invalid-file', /damaged/],
  ['SQLITE_TOOBIG', 'invalid-file', /damaged/],
  ['SQLITE_NOTADB', 'invalid-file', /not a database/],
  ['SQLITE_CONSTRAINT_FOREIGNKEY', 'not-found', /removed in the meantime/],
])('converts %s to a message', (code, expected, pattern) => {
  const failure = databaseFailure(new Database.SqliteError('said so', code), '/somewhere/a.sqlite');
  expect(failure).toMatchObject({ name: 'UserError', code: expected });
  expect(failure).toMatchObject({ details: `${code}: said so` });
  expect(String(failure)).toMatch(pattern);
});

test('returns defects unchanged', () => {
  const connection = temporaryConnection();
  expect(() => connection.run('SELECT nothing FROM nowhere')).toThrow(Database.SqliteError);
  expect(() => connection.run('INSERT INTO things (size) VALUES (NULL)')).toThrow(/NOT NULL/);
  const defect = new TypeError('x is not a function');
  expect(() => {
    connection.transaction(() => {
      throw defect;
    });
  }).toThrow(defect);
  connection.close();
});

test('validates rows as they are read', () => {
  const connection = temporaryConnection();
  connection.run('INSERT INTO things (size, bytes) VALUES (:size, :bytes)', {
    size: 3,
    bytes: Uint8Array.of(1, 2).subarray(1),
  });
  const things = z.object({ size: z.number(), bytes: z.instanceof(Uint8Array) });
  const [row] = connection.all(things, 'SELECT size, bytes FROM things');
  expect([row?.size, ...(row?.bytes ?? [])]).toEqual([3, 2]);
  const damaged = expect.objectContaining({ name: 'UserError', code: 'invalid-file' }) as Error;
  expect(() => connection.all(z.object({ size: z.string() }), 'SELECT size FROM things')).toThrow(
    damaged,
  );
  connection.close();
});

test('transactions can be nested', () => {
  const connection = temporaryConnection();
  connection.transaction(() => {
    connection.run('INSERT INTO things (size) VALUES (1)');
    expect(() => {
      connection.transaction(() => {
        connection.run('INSERT INTO things (size) VALUES (2)');
        throw new RangeError('no');
      });
    }).toThrow(RangeError);
  });
  expect(connection.all(sizes, 'SELECT size FROM things')).toEqual([{ size: 1 }]);
  connection.close();
});

test('reports values that a query cannot compute with as damage', () => {
  const connection = temporaryConnection();
  connection.execute(`INSERT INTO things (size) VALUES (9223372036854775807), (1)`);
  const total = 'SELECT sum(size) AS size FROM things';
  expect(() => connection.get(sizes, total)).toThrow(/is damaged/);
  const parsed = `SELECT json_extract('{', '$.a') AS size FROM things`;
  expect(() => connection.get(sizes, parsed)).toThrow(/is damaged/);
  connection.close();
});

test("a file's content can neither run functions nor change the schema table", () => {
  const connection = temporaryConnection();
  expect([connection.pragma('trusted_schema'), connection.pragma('cell_size_check')]).toEqual([
    ...[0, 1],
  ]);
  connection.pragma('writable_schema = ON');
  expect(() => connection.run('DELETE FROM sqlite_schema')).toThrow(/may not be modified/);
  connection.close();
});
