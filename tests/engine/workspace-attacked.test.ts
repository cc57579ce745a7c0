import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { cp, mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import process from 'node:process';
import { inflateRawSync, inflateSync } from 'node:zlib';
import Database from 'better-sqlite3';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { EngineProcess } from '../support/engine-process.ts';
import { temporaryFolder, writeImages } from './support.ts';

// A workspace on a computer with other users, and one that came from another user.

const isPosix = process.platform !== 'win32';

function allFiles(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
}

/** Searches also for content decompressed from any position in a file, as in compressed columns. */
function holds(bytes: Buffer, text: string): boolean {
  const forms = [Buffer.from(text), Buffer.from(text, 'utf16le'), Buffer.from(text.toLowerCase())];
  return forms.some((form) => bytes.includes(form));
}

function unpacked(bytes: Buffer): Buffer[] {
  return [inflateSync, inflateRawSync].flatMap((inflate) => {
    try {
      return [inflate(bytes, { maxOutputLength: 2 ** 24 })];
    } catch {
      return [];
    }
  });
}

const sql = (workspace: string, text: string, ...values: unknown[]): void => {
  const database = new Database(join(workspace, 'understudy.sqlite'));
  database.prepare(text).run(...values);
  database.close();
};

describe('the workspace of a session', async () => {
  const folder = await temporaryFolder();
  const workspace = join(folder, 'workspace');
  const images = join(folder, 'QUIXOTE-scans');
  const exported = join(folder, 'out');
  const secret = 'QUIXOTE';
  let umask = 0o022;

  const found = (): string[] =>
    allFiles(workspace).filter((file) => {
      const bytes = readFileSync(file);
      return file.includes(secret) || [bytes, ...unpacked(bytes)].some((one) => holds(one, secret));
    });

  beforeAll(() => {
    umask = process.umask(0o022);
  });
  afterAll(() => {
    process.umask(umask);
  });

  it('is readable by its owner only, exports as usual, and keeps no name of a removed project', async () => {
    await writeImages(join(images, 'QUIXOTE-a'), 4, 1);
    await writeFile(join(images, 'QUIXOTE-broken.png'), 'no image');
    await mkdir(exported);
    const engine = await EngineProcess.start(workspace);
    const { id: project } = await engine.call('project.create', {
      ...{ name: 'QUIXOTE lungs', domain: 'medical', task: 'single', classes: ['QUIXOTE class'] },
    });
    const { id: other } = await engine.call('project.create', {
      ...{ name: 'Sancho', domain: 'medical', task: 'single' },
    });
    const request = { project, folder: images, labels: 'folders', watch: true } as const;
    const { added } = await engine.call('image.import', request);
    expect(added).toBeGreaterThan(0);
    const page = { project, filter: { show: 'all', search: '' }, offset: 0, limit: 10 } as const;
    const { images: rows } = await engine.call('image.page', page);
    for (const { id } of rows) await engine.call('image.picture', { image: id, side: 'thumbnail' });
    const filter = { report: null } as const;
    const csv = join(exported, 'report.csv');
    await engine.call('image.saveFiles', { project, filter, file: csv });
    const labels = join(exported, 'labels');
    await engine.call('labels.export', { project, format: 'csv', folder: labels });
    if (isPosix) {
      const files = allFiles(workspace);
      expect(files.some((file) => file.endsWith('-wal'))).toBe(true);
      expect(files.some((file) => file.endsWith('.jpg'))).toBe(true);
      const folders = new Set([workspace, ...files.map((file) => join(file, '..'))]);
      const modes = (paths: Iterable<string>): number[] => [
        ...new Set([...paths].map((path) => statSync(path).mode & 0o777)),
      ];
      expect(modes(files)).toEqual([0o600]);
      expect(modes(folders)).toEqual([0o700]);
      expect(modes(allFiles(exported))).toEqual([0o644]);
      expect(modes([labels])).toEqual([0o755]);
    }
    // A copy from before an upgrade, which contains the project as well.
    const copy = join(workspace, 'understudy.before-180.sqlite');
    const database = new Database(join(workspace, 'understudy.sqlite'), { readonly: true });
    database.prepare('VACUUM INTO ?').run(copy);
    database.close();
    expect(found().length).toBeGreaterThan(1);
    await engine.call('project.remove', { project });
    expect(found()).toEqual([]);
    await engine.stop();
    expect(found()).toEqual([]);
    expect(existsSync(copy)).toBe(true);
    const again = await EngineProcess.start(workspace);
    expect(await again.call('project.list', null)).toMatchObject([{ id: other }]);
    await again.stop();
    expect(found()).toEqual([]);
  });
});

describe('a workspace that another user has changed', async () => {
  const folder = await temporaryFolder();
  const workspace = join(folder, 'workspace');
  const thesis = join(folder, 'thesis');
  let project: number;

  beforeAll(async () => {
    await mkdir(thesis);
    await writeFile(join(thesis, 'chapter.txt'), 'years of work');
    await writeImages(join(folder, 'images'), 3, 1);
    const engine = await EngineProcess.start(workspace);
    ({ id: project } = await engine.call('project.create', {
      ...{ name: 'Lungs', domain: 'medical', task: 'single' },
    }));
    const request = {
      project,
      folder: join(folder, 'images'),
      labels: 'none',
      watch: true,
    } as const;
    await engine.call('image.import', request);
    await engine.stop();
    // The workspace leaves this computer and returns with other files.
    await cp(workspace, `${workspace}-copy`, { recursive: true });
    await rm(workspace, { recursive: true });
    await rename(`${workspace}-copy`, workspace);
    for (const [id, place] of [thesis, '../thesis', 'runs/../../thesis', 'C:\\Users'].entries()) {
      sql(
        workspace,
        `INSERT INTO runs (id, project, teacher, teacher_name, teacher_blocks, state, settings, folder, created_at)
         SELECT ?, projects.id, teachers.id, 'x', 12, 'running', projects.settings, ?, created_at
         FROM projects, teachers LIMIT 1`,
        ...[id + 1, place],
      );
    }
    sql(workspace, 'INSERT INTO unfinished_files VALUES (?)', join(thesis, 'chapter.txt'));
    const ours = join(thesis, '.understudy-0123456789abcdef.partial');
    await writeFile(ours, 'half');
    sql(workspace, 'INSERT INTO unfinished_files VALUES (?)', ours);
  });

  it('starts nothing by itself, and deletes nothing outside it with a project', async () => {
    const engine = await EngineProcess.start(workspace);
    const runs = await engine.call('run.list', { project });
    expect(runs.map(({ state, error }) => [state, error?.code])).toEqual(
      Array.from({ length: 4 }, () => ['paused', 'elsewhere']),
    );
    expect(await engine.call('image.watched', { project })).toMatchObject([{ state: 'asking' }]);
    expect(readdirSync(thesis)).toEqual(['chapter.txt']);
    const resumed = await engine.ask('run.resume', { run: 1 });
    // The engine looks at its folder before it computes anything.
    const failed = async (): Promise<unknown> => engine.call('run.get', { run: 1 });
    if (resumed.ok) await expect.poll(failed).toMatchObject({ state: 'failed' });
    await engine.call('image.resumeWatching', { project, folder: join(folder, 'images') });
    expect(await engine.call('image.watched', { project })).toMatchObject([{ state: 'watching' }]);
    await engine.call('run.cancel', { run: 2 });
    await engine.call('project.remove', { project });
    expect(await engine.call('project.list', null)).toEqual([]);
    await engine.stop();
    expect(readFileSync(join(thesis, 'chapter.txt'), 'utf8')).toBe('years of work');
    expect(readdirSync(thesis)).toEqual(['chapter.txt']);
  });
});
