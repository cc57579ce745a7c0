import { readdir, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import Database from 'better-sqlite3';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { Run } from '../../src/contract/app.ts';
import { distill } from '../../src/engine/jobs/distill.ts';
import { databaseName } from '../../src/store/store.ts';
import { EngineProcess } from '../support/engine-process.ts';
import { workerOf } from '../support/open-services.ts';
import { SmallDisk } from '../support/small-disk.ts';
import { createTinyProject } from '../support/tiny-project.ts';
import { temporaryFolder, tinyRequest, watch, writeImages, writeTinyTeacher } from './support.ts';

// Disks that are full or read-only, folders that disappear, databases that other programs lock.

const folder = await temporaryFolder();
const images = join(folder, 'images');
await writeTinyTeacher(join(folder, 'teacher.safetensors'));
await writeImages(join(images, 'train'), 6, 1);
await writeImages(join(images, 'test'), 3, 2);

async function open(workspace: string): Promise<EngineProcess> {
  const engine = await EngineProcess.start(workspace);
  onTestFinished(async () => {
    await engine.stop();
  });
  return engine;
}

const createProject = (engine: EngineProcess): Promise<number> =>
  createTinyProject(engine, folder, { settings: { steps: 50_000 }, images });

/** Returns a run with a checkpoint, some steps after it, and the checkpoint's step. */
async function runWithCheckpoint(engine: EngineProcess, project: number): Promise<[Run, number]> {
  const run = await engine.call('run.start', { project });
  await engine.next('run.progress', ({ phase, done }) => phase === 'distill' && done > 3);
  const { step } = await engine.call('run.pause', { run: run.id });
  await engine.call('run.resume', { run: run.id });
  await engine.next('run.progress', ({ phase, done }) => phase === 'distill' && done > step + 20);
  return [run, step];
}

/** Resumes a run that failed, until its end. */
async function continueRun(engine: EngineProcess, run: Run, step: number): Promise<void> {
  const progress = engine.next('run.progress', ({ phase }) => phase === 'distill');
  await engine.call('run.resume', { run: run.id });
  expect((await progress).done).toBeGreaterThanOrEqual(step);
  const ended = engine.next('run.changed', ({ state }) => /done|failed/.test(state));
  await engine.call('run.finish', { run: run.id });
  expect(await ended).toMatchObject({ state: 'done', error: null });
}

describe('a workspace that cannot be written', () => {
  it('a file in its place is reported once', async () => {
    const file = join(folder, 'file');
    await writeFile(file, '');
    await expect(EngineProcess.start(file)).rejects.toThrow(/could not be created or written.*Ch/);
    await expect(EngineProcess.start(join(file, 'below'))).rejects.toThrow(/could not be created/);
  });

  it.skipIf(SmallDisk.absence)(`a read-only disk${SmallDisk.absence}`, async () => {
    const disk = SmallDisk.mount(16);
    onTestFinished(() => {
      disk.unmount();
    });
    const workspace = join(disk.path, 'workspace');
    const engine = await EngineProcess.start(workspace);
    await engine.stop();
    disk.makeReadOnly();
    await expect(EngineProcess.start(workspace)).rejects.toThrow(/for writing.*permissions/);
    await expect(EngineProcess.start(join(disk.path, 'new'))).rejects.toThrow(
      /could not be created or written/,
    );
  });
});

describe('a folder that disappears during its import', () => {
  it('is reported, and imported images stay', async () => {
    const engine = await open(join(folder, 'importing'));
    const { id: project } = await engine.call('project.create', {
      name: 'Many',
      domain: 'other',
      task: 'single',
    });
    const many = join(folder, 'many');
    // So many that the import has not finished when the folder disappears.
    await writeImages(many, 400, 5);
    const progress = engine.next('import.progress');
    const answer = engine.ask('image.import', { project, folder: many, labels: 'folders' });
    await progress;
    await rename(many, join(folder, 'many elsewhere'));
    expect(await answer).toMatchObject({
      ok: false,
      error: {
        code: 'not-found',
        message: expect.stringMatching(/many is missing.*are kept.*Import/) as string,
      },
    });
    const { images: before } = await engine.call('project.get', { project });
    expect(before).toBeGreaterThan(0);
    await rename(join(folder, 'many elsewhere'), many);
    const again = await engine.call('image.import', { project, folder: many, labels: 'folders' });
    expect(again).toMatchObject({ known: before, added: 1200 - before });
  });
});

describe('a database that another program locks', () => {
  const hold = (workspace: string): (() => void) => {
    const other = new Database(join(workspace, databaseName));
    other.exec('BEGIN IMMEDIATE');
    return () => {
      other.close();
    };
  };

  it('is reported, and the engine continues once it is unlocked', async () => {
    const workspace = join(folder, 'held');
    const engine = await open(workspace);
    const release = hold(workspace);
    const request = { name: 'New', domain: 'other', task: 'single' } as const;
    expect(await engine.ask('project.create', request)).toMatchObject({
      ok: false,
      error: {
        code: 'in-use',
        message: expect.stringMatching(/in use by another program/) as string,
      },
    });
    release();
    expect(await engine.call('project.create', request)).toMatchObject({ name: 'New' });
  });

  it('ends no active run, and loses no point of its curve', async () => {
    const workspace = join(folder, 'held while running');
    const engine = await open(workspace);
    const project = await createProject(engine);
    const [run] = await runWithCheckpoint(engine, project);
    // Another worker does not restart it from its checkpoint either.
    const worker = (): number =>
      process.platform === 'linux' ? workerOf(engine.child.pid ?? 0) : NaN;
    const before = worker();
    const release = hold(workspace);
    // Longer than the time until the next steps are written.
    await wait(4000);
    expect(worker()).toBe(before);
    release();
    const { step, state } = await engine.call('run.pause', { run: run.id });
    expect(state).toBe('paused');
    const metrics = await engine.call('run.metrics', { run: run.id });
    // Of so many points, one in twenty-five is stored.
    expect(metrics.map((metric) => metric.step)).toEqual([
      1,
      ...Array.from({ length: Math.floor(step / 25) }, (_, index) => 25 * (index + 1)),
    ]);
    await engine.call('run.cancel', { run: run.id });
  });
});

describe.skipIf(SmallDisk.absence)(`a full disk${SmallDisk.absence}`, () => {
  it('ends a run with a message; it continues once there is space', async () => {
    const disk = SmallDisk.mount(32);
    onTestFinished(() => {
      disk.unmount();
    });
    const workspace = join(disk.path, 'workspace');
    const engine = await open(workspace);
    const project = await createProject(engine);
    const [run, step] = await runWithCheckpoint(engine, project);
    const failed = engine.next('run.changed', ({ state }) => state === 'failed');
    const free = disk.fill();
    const { error } = await failed;
    expect(error).toMatchObject({
      code: 'disk',
      message: expect.stringMatching(/disk is full.*Free some space/) as string,
    });
    // Viewing still works, and other requests are refused with a message.
    expect(await engine.call('project.get', { project })).toMatchObject({ images: 27 });
    expect(await engine.call('run.list', { project })).toMatchObject([{ state: 'failed' }]);
    const [first] = await engine.call('run.metrics', { run: run.id });
    expect(first).toMatchObject({ step: 1 });
    await writeImages(join(folder, 'more'), 20, 9);
    const more = { project, folder: join(folder, 'more'), labels: 'none' } as const;
    expect(await engine.ask('image.import', more)).toMatchObject({
      ok: false,
      error: { code: 'disk', message: expect.stringMatching(/disk is full/) as string },
    });
    expect(await readdir(join(workspace, 'runs', String(run.id)))).toContain(
      'checkpoint.safetensors',
    );

    free();
    await continueRun(engine, run, step);
    expect(await engine.call('image.import', more)).toMatchObject({ found: 60, skipped: [] });
    expect(await engine.call('run.predictions', { run: run.id })).toHaveLength(9);
  });

  it('ends a run after its last step with its progress, and the run continues from there', async () => {
    const disk = SmallDisk.mount(32);
    onTestFinished(() => {
      disk.unmount();
    });
    const engine = await open(join(disk.path, 'workspace'));
    const project = await createProject(engine);
    const [run] = await runWithCheckpoint(engine, project);
    const heads = engine.next('run.progress', ({ phase }) => phase === 'head');
    const failed = engine.next('run.changed', ({ state }) => state === 'failed');
    await engine.call('run.finish', { run: run.id });
    await heads;
    const free = disk.fill();
    const { error, step } = await failed;
    expect(error).toMatchObject({ code: 'disk' });
    expect(error?.message).toMatch(/disk is full/);
    expect(error?.message).not.toMatch(/--resume/);
    expect(step).toBeGreaterThan(20);
    free();
    const ended = engine.next('run.changed', ({ state }) => /done|failed/.test(state));
    await engine.call('run.resume', { run: run.id });
    expect(await ended).toMatchObject({ state: 'done', error: null });
  });

  it('keeps the training if the disk fills up after the last step on the command line', async () => {
    const disk = SmallDisk.mount(32);
    onTestFinished(() => {
      disk.unmount();
    });
    const out = join(disk.path, 'out');
    const context = watch();
    const report = context.report.bind(context);
    let free: (() => void) | undefined;
    context.report = (event) => {
      report(event);
      // Heads are trained after the checkpoint of all steps is written.
      if (event.type === 'progress' && event.phase === 'head') free ??= disk.fill();
    };
    const request = tinyRequest(folder, {
      ...{ images: join(images, 'train'), test: join(images, 'test'), out },
    });
    await expect(distill(request, context)).rejects.toMatchObject({
      code: 'disk',
      message: expect.stringMatching(
        /disk is full.* after step 12 is in .*checkpoint\.safetensors: run the same command with --resume/,
      ) as string,
    });
    expect(free).toBeDefined();
    free?.();
    const again = watch();
    await distill({ ...request, resume: true }, again);
    expect(again.events).toContainEqual({ type: 'notice', message: 'Continuing after step 12.' });
    expect(await readdir(out)).toContain('student.onnx');
  });
});
