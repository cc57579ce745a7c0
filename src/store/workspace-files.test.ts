import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  linkSync,
  mkdirSync,
  readdirSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { describe, expect, test } from 'vitest';
import { databaseName, openStore } from './store.ts';
import { addProject, newTeacher } from './testing/fixtures.ts';
import { temporaryFolder } from './testing/temporary-store.ts';
import {
  removeOwnFolder,
  requireOwnPlace,
  restrictContents,
  workspaceName,
} from './workspace-files.ts';

const isPosix = process.platform !== 'win32';
const modeOf = (path: string): number => statSync(path).mode & 0o777;
const damaged = expect.objectContaining({ name: 'UserError', code: 'invalid-file' }) as Error;

test.each([
  ...[
    '..',
    '../x',
    'runs/..',
    'runs/../../x',
    '/etc',
    '/runs/1',
    'C:\\x',
    'C:/x',
    'c:x',
    '\\\\server\\x',
  ],
  ...[
    '',
    '.',
    './runs',
    'runs/',
    'runs//1',
    'runs/1\0',
    'runs\\1',
    'runs/1/..',
    '~/x',
    'a'.repeat(300),
  ],
  ...['runs/1/a/b/c', 'runs/ä', 'runs/a b', '-rf', 'runs/-rf'],
])('%j is not a valid name within a workspace', async (name) => {
  expect(workspaceName.safeParse(name).success).toBe(false);
  const folder = temporaryFolder();
  await expect(removeOwnFolder(folder, name)).rejects.toThrow(damaged);
  expect(existsSync(folder)).toBe(true);
});

describe('deleting a folder of the workspace', () => {
  test('deletes its content; a missing folder is accepted', async () => {
    const folder = temporaryFolder();
    mkdirSync(join(folder, 'runs', '1', 'deep'), { recursive: true });
    await removeOwnFolder(folder, 'runs/1');
    await removeOwnFolder(folder, 'runs/1');
    expect(readdirSync(join(folder, 'runs'))).toEqual([]);
  });

  test.skipIf(!isPosix)("deletes a link in its place, and keeps the link's target", async () => {
    const [folder, other] = [temporaryFolder(), temporaryFolder()];
    writeFileSync(join(other, 'thesis'), '');
    mkdirSync(join(folder, 'runs'));
    symlinkSync(other, join(folder, 'runs', '1'));
    await removeOwnFolder(folder, 'runs/1');
    expect(existsSync(join(folder, 'runs', '1'))).toBe(false);
    expect(existsSync(join(other, 'thesis'))).toBe(true);
  });

  test.skipIf(!isPosix)('is refused if a link is on the path', async () => {
    const [folder, other] = [temporaryFolder(), temporaryFolder()];
    mkdirSync(join(other, '1'));
    symlinkSync(other, join(folder, 'runs'));
    await expect(removeOwnFolder(folder, 'runs/1')).rejects.toThrow(/link/);
    await expect(requireOwnPlace(folder, 'runs/1')).rejects.toThrow(damaged);
    expect(existsSync(join(other, '1'))).toBe(true);
  });
});

test.skipIf(!isPosix).each(['runs', 'thumbnails', 'levels', 'teachers', 'sample', 'secret'])(
  'a workspace whose %s is a link is not opened',
  (name) => {
    const [folder, other] = [temporaryFolder(), temporaryFolder()];
    symlinkSync(other, join(folder, name));
    expect(() => openStore(folder)).toThrow(damaged);
    expect(() => openStore(folder)).toThrow(/is a link/);
    expect(readdirSync(other)).toEqual([]);
  },
);

test
  .skipIf(!isPosix)
  .each([
    databaseName,
    `${databaseName}-wal`,
    'understudy.lock',
    'understudy.copy.partial',
    'understudy.before-010.sqlite',
  ])('a workspace whose %s is a link to another file is not opened', (name) => {
  const [folder, other] = [temporaryFolder(), temporaryFolder()];
  symlinkSync(join(other, 'new'), join(folder, name));
  expect(() => openStore(folder)).toThrow(/is a link/);
  expect(readdirSync(other)).toEqual([]);
});

test.skipIf(!isPosix)('a workspace with a link anywhere in its folders is not opened', () => {
  const folder = temporaryFolder();
  mkdirSync(join(folder, 'runs', '3', 'predicted'), { recursive: true });
  symlinkSync('/etc', join(folder, 'runs', '3', 'predicted', 'x'));
  expect(() => openStore(folder)).toThrow(/predicted.x is a link/);
});

test.skipIf(!isPosix)(
  'a workspace whose database is a pipe is not opened, because reading would never end',
  () => {
    const folder = temporaryFolder();
    execFileSync('mkfifo', [join(folder, databaseName)]);
    expect(() => openStore(folder)).toThrow(/not an ordinary file/);
  },
);

describe.skipIf(!isPosix)('permissions', () => {
  test.each([0o000, 0o022, 0o077])('allow only the owner, with a umask of %o', (umask) => {
    const folder = join(temporaryFolder(), 'workspace');
    const before = process.umask(umask);
    try {
      const store = openStore(folder);
      addProject(store);
      expect(modeOf(folder)).toBe(0o700);
      const names = readdirSync(folder);
      expect(names).toContain('understudy.sqlite-wal');
      for (const name of names) expect([name, modeOf(join(folder, name))]).toEqual([name, 0o600]);
      store.close();
    } finally {
      process.umask(before);
    }
  });

  test('are repaired in an older workspace; foreign files stay unchanged', async () => {
    const folder = temporaryFolder();
    openStore(folder).close();
    mkdirSync(join(folder, 'runs', '1'), { recursive: true });
    const deep = join(folder, 'runs', '1', 'student.onnx');
    const foreign = join(folder, 'notes.txt');
    const shared = join(folder, 'runs', '1', 'shared');
    for (const path of [deep, foreign]) writeFileSync(path, '', { mode: 0o644 });
    linkSync(foreign, shared);
    const open = [folder, join(folder, 'runs'), join(folder, 'runs', '1')];
    for (const path of open) chmodSync(path, 0o755);
    chmodSync(join(folder, databaseName), 0o644);
    chmodSync(foreign, 0o644);
    const store = openStore(folder);
    await restrictContents(folder, new AbortController().signal);
    for (const path of open) expect([path, modeOf(path)]).toEqual([path, 0o700]);
    expect(modeOf(join(folder, databaseName))).toBe(0o600);
    expect(modeOf(deep)).toBe(0o600);
    expect(modeOf(foreign)).toBe(0o644);
    store.close();
  });
});

test("a run's folder changed in the database is reported as damage, and its project can be removed", () => {
  const folder = temporaryFolder();
  const store = openStore(folder);
  const { id: project, settings } = addProject(store);
  const teacher = store.teachers.upsert(newTeacher()).id;
  const run = store.runs.create({ project, teacher, settings });
  expect(store.runs.ownFolders(project)).toEqual(['runs/1']);
  for (const bad of ['/home', '../..', 'runs/2', 'runs', '.', '']) {
    const database = new Database(join(folder, databaseName));
    database.prepare('UPDATE runs SET folder = ?').run(bad);
    database.close();
    expect(() => store.runs.files(run.id)).toThrow(damaged);
    expect(store.runs.ownFolders(project)).toEqual([]);
  }
  store.projects.remove(project);
  store.close();
});
