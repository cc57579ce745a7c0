import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { Connection } from './connection.ts';
import { migrate } from './migrate.ts';
import { migrations } from './migrations/all.ts';
import type { Migration } from './migrations/migration.ts';
import { databaseName, openStore } from './store.ts';
import { rows, written } from './testing/rows.ts';
import { temporaryFolder } from './testing/temporary-store.ts';

const { description, summary } = written;
const settings = {
  ...written.settings,
  imageSize: null,
  decoderSteps: 200,
  adapt: false,
  overlap: 0.5,
  device: 'auto',
  tolerance: 2,
  toleranceUnit: 'px',
  precision: 'float32',
};
const newest = migrations.at(-1)?.version ?? 0;

test('versions increase in tens, and each has rows for tests', () => {
  const versions = migrations.map(({ version }) => version);
  expect(versions).toEqual([...new Set(versions)].sort((one, other) => one - other));
  expect(versions.filter((version) => version % 10 !== 0)).toEqual([]);
  for (const version of rows.keys()) {
    expect(migrations.map((migration) => migration.version)).toContain(version);
  }
});

/** Workspace of an older version, with rows in every table. */
function makeOld(folder: string, version: number): void {
  const connection = new Connection(join(folder, databaseName));
  for (const migration of migrations) {
    if (migration.version > version) break;
    migrate(connection, [migration]);
    connection.execute(rows.get(migration.version) ?? '');
  }
  connection.close();
}

test('removes wrongly measured speeds of GPUs, and keeps those of processors', () => {
  const folder = temporaryFolder();
  makeOld(folder, 150);
  const connection = new Connection(join(folder, databaseName));
  connection.run(
    `INSERT INTO estimates (teacher, machine, measured) VALUES (1, 'webgpu, A card, rank 16', '{}')`,
  );
  connection.close();
  const { teachers } = openStore(folder);
  expect(teachers.estimate(z.unknown(), 1, 'webgpu, A card, rank 16')).toBeUndefined();
  expect(teachers.estimate(z.unknown(), 1, 'here')).toEqual({ seconds: 1 });
});

describe.each(migrations)('migrating from version $version', ({ version }) => {
  test('keeps every row readable', () => {
    const folder = temporaryFolder();
    makeOld(folder, version);
    const before = tables(join(folder, databaseName));
    // The first version had a table for masks that was never written to.
    if (version < 50) before.delete('mask_tiles');
    for (const [name, count] of before) {
      expect(`${name}: ${count}`).not.toBe(`${name}: 0`);
    }
    const store = openStore(folder);
    const after = tables(join(folder, databaseName));
    for (const [name, count] of before) expect([name, after.get(name)]).toEqual([name, count]);
    expect(store.projects.list()).toMatchObject([
      { name: 'Lungs', images: 2, labelled: 1, tested: 1, settings },
    ]);
    const { images } = store.images.page(1, { show: 2, search: 'a2' }, 0, 10);
    expect(images).toMatchObject([{ id: 1, name: 'A2.png', classes: [2], isTest: true }]);
    expect([...store.images.all(1)].map(({ name }) => name)).toEqual(['A2.png', 'A10.png']);
    expect(store.imports.list(1)).toMatchObject([{ found: 2 }]);
    expect(store.teachers.list()).toMatchObject([{ id: 1, description, overrides: {} }]);
    expect(store.teachers.estimate(z.unknown(), 1, 'here')).toEqual({ seconds: 1 });
    expect(store.runs.list(1)).toMatchObject([
      { id: 1, state: 'done', settings: { ...settings, device: 'cpu' }, device: 'cpu', summary },
    ]);
    expect(store.records.metrics(1, 'distill')).toEqual([
      { step: 1, loss: 0.5 },
      { step: 2, loss: 0.25 },
    ]);
    expect(store.records.metrics(1, 'decoder')).toHaveLength(version < 110 ? 0 : 1);
    expect(store.records.predictions(1)).toHaveLength(version < 20 ? 0 : 1);
    const looks = store.records.probes(1);
    expect(looks.glimpses.map(({ step }) => step)).toEqual(version < 30 ? [] : [0, 40]);
    expect(looks.reference?.images).toEqual(version < 30 ? undefined : [1, null]);
    expect(store.masks.get(1, 'human')?.histogram).toEqual(
      version < 50 ? undefined : [{ value: 2, pixels: 2 ** 18 }],
    );
    expect(store.masks.list(1).map(({ layer, run }) => [layer, run])).toEqual([
      ...(version < 50 ? [] : [['human', null]]),
      ...(version < 100 ? [] : [['student', 1]]),
    ]);
    expect(store.records.masks(1).map(({ student }) => student)).toEqual(
      version < 100 ? [] : [0.25],
    );
    expect(store.review.page(1, 'several', { search: '' }, 0, 9).images).toMatchObject([
      { id: 2, review: { reason: version < 70 ? 'unlabelled' : 'unsure' } },
      { id: 1, review: { reason: 'unreviewed' } },
    ]);
    expect(store.classes.list(1).map(({ maskValue }) => maskValue)).toEqual([1, 2]);
    expect(store.exports.list(1)).toMatchObject([{ format: 'int8' }]);
    const paths = ['A10.png', 'A2.png'].map((name) => join('/images', name));
    expect(store.importFiles.known(1, paths)).toMatchObject(
      paths.map((path) => ({ path, bytes: 10, images: 1, found: [{ folder: '/images' }] })),
    );
    const [watch] = store.watched.list(1);
    expect(watch?.folder).toBe(version < 80 ? undefined : '/images');
    expect(watch?.masks?.table?.values).toEqual(
      version < 90
        ? undefined
        : [
            [0, 0],
            [3, 1],
            [255, 255],
          ],
    );
    expect([...store.watched.labels(1, '/images').keys()]).toHaveLength(version < 90 ? 0 : 1);
    expect(store.settings.downloads()).toEqual({
      mirror: version < 140 ? null : 'https://mirror.example',
      proxy: null,
      plainHttp: false,
    });
    expect(store.riskyFiles.list(1)).toHaveLength(version < 210 ? 0 : 1);
    store.close();
  });

  test('keeps a copy from before, if anything changes', () => {
    const folder = temporaryFolder();
    makeOld(folder, version);
    openStore(folder).close();
    const next = migrations.find((migration) => migration.version > version)?.version;
    const copy = join(folder, `understudy.before-${String(next).padStart(3, '0')}.sqlite`);
    expect(existsSync(copy)).toBe(version < newest);
    if (version === newest) return;
    const database = new Database(copy, { readonly: true });
    expect(database.pragma('user_version', { simple: true })).toBe(version);
    expect(database.pragma('integrity_check', { simple: true })).toBe('ok');
    database.close();
    const back = temporaryFolder();
    makeOld(back, version);
    expect(tables(copy)).toEqual(tables(join(back, databaseName)));
  });
});

/** Rows of each table. */
function tables(file: string): Map<string, number> {
  const database = new Database(file, { readonly: true });
  const names = database
    .prepare(`SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite%'`)
    .pluck()
    .all() as string[];
  const counts = names.map((name): [string, number] => {
    return [name, Number(database.prepare(`SELECT count(*) FROM ${name}`).pluck().get())];
  });
  database.close();
  return new Map(counts);
}

describe('segmentation projects in an upgraded workspace', () => {
  function opened(): { folder: string; store: ReturnType<typeof openStore> } {
    const folder = temporaryFolder();
    makeOld(folder, 50);
    const old = new Database(join(folder, databaseName));
    // A removed project, whose id must not be reused.
    old.exec(`INSERT INTO projects SELECT 7, name, domain, task, is_sample, settings, created_at,
      opened_at FROM projects; DELETE FROM projects WHERE id = 7`);
    old.close();
    return { folder, store: openStore(folder) };
  }

  test('can be created, under an id that was never used', () => {
    const { store } = opened();
    const { domain, isSample } = store.projects.get(1);
    const kept = store.projects.get(1).settings;
    const made = store.projects.create({
      name: 'Outlines',
      domain,
      task: 'segmentation',
      isSample,
      settings: kept,
      classes: [],
    });
    expect(made).toMatchObject({ id: 8, task: 'segmentation' });
    store.close();
  });

  test('leave rows of other tables in place, which are still deleted by cascade', () => {
    const { folder, store } = opened();
    expect(store.images.get(1)).toMatchObject({ project: 1, classes: [2] });
    store.projects.remove(1);
    store.close();
    const left = tables(join(folder, databaseName));
    for (const name of ['classes', 'images', 'labels', 'masks', 'mask_tiles', 'imports', 'runs'])
      expect([name, left.get(name)]).toEqual([name, 0]);
  });

  test('are the only new kind of project', () => {
    const { folder, store } = opened();
    store.close();
    const database = new Database(join(folder, databaseName));
    expect(() => database.exec(`UPDATE projects SET task = 'detection'`)).toThrow(/CHECK/);
    database.close();
  });
});

describe('migrate', () => {
  const step = (version: number, up: Migration['up']): Migration => ({ version, name: 'x', up });
  const first = step(
    10,
    'CREATE TABLE a (id INTEGER PRIMARY KEY) STRICT; INSERT INTO a VALUES (1)',
  );

  function temporaryDatabase(): { connection: Connection; folder: string } {
    const folder = temporaryFolder();
    return { connection: new Connection(join(folder, databaseName)), folder };
  }

  const versionOf = (connection: Connection): unknown => connection.pragma('user_version');

  test('runs pending steps once, in order', () => {
    const { connection } = temporaryDatabase();
    const done: number[] = [];
    const steps = [10, 20, 30].map((version) => step(version, () => void done.push(version)));
    migrate(connection, steps.slice(0, 1));
    migrate(connection, steps);
    migrate(connection, steps);
    expect(done).toEqual([10, 20, 30]);
    expect(versionOf(connection)).toBe(30);
    connection.close();
  });

  test.each([
    ['SQL', 'INSERT INTO a VALUES (2); INSERT INTO nowhere VALUES (1)'],
    [
      'a function',
      (connection: Connection) => {
        connection.run('INSERT INTO a VALUES (2)');
        throw new TypeError('a defect');
      },
    ],
    [
      'rows that lose what they refer to',
      'CREATE TABLE b (a INTEGER REFERENCES a); INSERT INTO b VALUES (7)',
    ],
  ])('a failing step changes nothing: %s', (_name, up) => {
    const { connection, folder } = temporaryDatabase();
    migrate(connection, [first]);
    const failing = expect.objectContaining({ name: 'UserError', code: 'invalid-file' }) as Error;
    expect(() => {
      migrate(connection, [first, step(20, up)]);
    }).toThrow(failing);
    expect(versionOf(connection)).toBe(10);
    connection.close();
    expect(tables(join(folder, databaseName))).toEqual(new Map([['a', 1]]));
  });

  test('an upgrade that is interrupted repeatedly leaves the database and its copy unchanged', () => {
    const { connection, folder } = temporaryDatabase();
    migrate(connection, [first]);
    const steps = [20, 30, 40, 50, 60].map((version) =>
      step(
        version,
        `CREATE TABLE t${version} (id INTEGER) STRICT; INSERT INTO a VALUES (${version})`,
      ),
    );
    for (let end = 1; end < steps.length; end++) {
      const broken = step(99, () => {
        throw new TypeError('interrupted');
      });
      expect(() => {
        migrate(connection, [first, ...steps.slice(0, end), broken]);
      }).toThrow(/could not be upgraded/);
      expect(versionOf(connection)).toBe(10);
      expect(readdirSync(folder).filter((name) => name.includes('before'))).toEqual([
        'understudy.before-020.sqlite',
      ]);
      expect(tables(join(folder, 'understudy.before-020.sqlite'))).toEqual(new Map([['a', 1]]));
    }
    migrate(connection, [first, ...steps]);
    expect(versionOf(connection)).toBe(60);
    expect(tables(join(folder, 'understudy.before-020.sqlite'))).toEqual(new Map([['a', 1]]));
    connection.close();
  });

  test('reports a full disk as such', () => {
    const { connection } = temporaryDatabase();
    migrate(connection, [first]);
    connection.pragma('max_page_count = 4');
    const up = 'CREATE TABLE b (bytes BLOB); INSERT INTO b VALUES (zeroblob(100000))';
    expect(() => {
      migrate(connection, [first, step(20, up)]);
    }).toThrow(/disk is full/);
    connection.close();
  });

  test('a step can rebuild a table that others refer to', () => {
    const { connection } = temporaryDatabase();
    connection.pragma('foreign_keys = ON');
    const child =
      'CREATE TABLE b (a INTEGER REFERENCES a ON DELETE CASCADE); INSERT INTO b VALUES (1)';
    const rebuild =
      'CREATE TABLE c (id INTEGER PRIMARY KEY) STRICT; INSERT INTO c SELECT id FROM a; DROP TABLE a; ALTER TABLE c RENAME TO a';
    migrate(connection, [first, step(20, child), step(30, rebuild)]);
    const count = z.object({ count: z.number() });
    expect(connection.get(count, 'SELECT count(*) AS count FROM b')).toEqual({ count: 1 });
    expect(connection.pragma('foreign_keys')).toBe(1);
    connection.close();
  });

  test('keeps the latest three copies, and no unfinished one', () => {
    const { connection, folder } = temporaryDatabase();
    writeFileSync(join(folder, 'understudy.copy.partial'), 'of a process that was killed');
    const steps = [first, ...[20, 30, 90, 100, 110].map((version) => step(version, ''))];
    for (let end = 1; end <= steps.length; end++) migrate(connection, steps.slice(0, end));
    connection.close();
    expect(readdirSync(folder).sort()).toEqual([
      'understudy.before-090.sqlite',
      'understudy.before-100.sqlite',
      'understudy.before-110.sqlite',
      'understudy.sqlite',
    ]);
  });
});

test('a project with results keeps the test images of the latest', () => {
  const folder = temporaryFolder();
  makeOld(folder, 170);
  const connection = new Connection(join(folder, databaseName));
  // The image marked by a folder is no longer a test image, and both are labelled.
  connection.execute(`UPDATE images SET is_test = 0, is_labelled = 1;`);
  connection.close();
  const store = openStore(folder);
  expect(store.projects.get(1)).toMatchObject({
    tested: 1,
    learnt: 1,
    drawn: [1],
    testSet: { name: 'A', images: 1 },
  });
  expect(store.runs.get(1).testSet).toBeNull();
  const set = {
    mode: 'drawn',
    isNew: false,
    test: [1],
    learn: [2],
    members: [[1, 'mask 3']],
  } as const;
  expect(store.testSets.freeze(1, 1, set)).toMatchObject({ name: 'A' });
  store.close();
});
