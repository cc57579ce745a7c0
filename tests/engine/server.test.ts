import { readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Project, Run } from '../../src/contract/app.ts';
import { EngineProcess } from '../support/engine-process.ts';
import {
  asClasses,
  classes,
  temporaryFolder,
  writeImages,
  writeText,
  writeTinyTeacher,
} from './support.ts';

describe('the engine in its process', async () => {
  const folder = await temporaryFolder();
  const workspace = join(folder, 'workspace');
  let engine: EngineProcess;
  let project: Project;

  beforeAll(async () => {
    await writeTinyTeacher(join(folder, 'teacher.safetensors'));
    await writeImages(join(folder, 'images', 'train'), 8, 1);
    await writeImages(join(folder, 'images', 'test'), 4, 2);
    await writeText(join(folder, 'images', 'train', 'red', 'broken.png'), 'no image');
    engine = await EngineProcess.start(workspace);
  });
  afterAll(() => engine.stop());

  const refreshed = (): Promise<Project> => engine.call('project.get', { project: project.id });
  const finished = (run: Run): Promise<Run> =>
    engine.next(
      'run.changed',
      ({ id, state }) => id === run.id && state !== 'running' && state !== 'queued',
    );

  it('imports a folder with its labels and test images', async () => {
    project = await engine.call('project.create', {
      name: 'Colours',
      domain: 'other',
      task: 'single',
    });
    const report = await engine.call('image.import', {
      project: project.id,
      folder: join(folder, 'images'),
      labels: 'folders',
    });
    expect(report).toMatchObject({ found: 37, added: 36, known: 0, cancelled: false });
    expect(report.skipped.map(({ path }) => path)).toEqual([
      join(folder, 'images', 'train', 'red', 'broken.png'),
    ]);
    project = await refreshed();
    expect(project).toMatchObject({ images: 36, labelled: 36, tested: 12 });
    expect(project.classes.map(({ name }) => name).sort()).toEqual(classes);
    const again = await engine.call('image.import', {
      project: project.id,
      folder: join(folder, 'images'),
      labels: 'folders',
    });
    expect(again).toMatchObject({ added: 0, known: 36 });
  });

  it('shows pictures, also if a thumbnail was lost', async () => {
    const { images } = await engine.call('image.page', {
      project: project.id,
      filter: {},
      offset: 0,
      limit: 3,
    });
    const image = images[0]?.id ?? 0;
    const thumbnail = await engine.call('image.picture', { image, side: 'thumbnail' });
    // JPEG
    expect([...thumbnail.subarray(0, 3)]).toEqual([0xff, 0xd8, 0xff]);
    await rm(join(workspace, 'thumbnails'), { recursive: true });
    const again = await engine.call('image.picture', { image, side: 'thumbnail' });
    expect(Buffer.compare(again, thumbnail)).toBe(0);
  });

  it('labels images, and undoes it', async () => {
    const { images } = await engine.call('image.page', {
      project: project.id,
      filter: {},
      offset: 0,
      limit: 2,
    });
    const other = project.classes.at(-1)?.id ?? 0;
    const changes = images.map(({ id }) => ({ image: id, classes: [other] }));
    const undo = await engine.call('image.label', { project: project.id, changes });
    await engine.call('image.label', { project: project.id, changes: undo });
    const after = await engine.call('image.page', {
      project: project.id,
      filter: {},
      offset: 0,
      limit: 2,
    });
    expect(after.images).toEqual(images);
  });

  it('estimates every student from a measurement, at once the second time', async () => {
    const teacher = await engine.call('teacher.add', { file: join(folder, 'teacher.safetensors') });
    const settings = { teacher: teacher.id, rank: 2, steps: 30, batch: 8, views: 4 };
    project = await engine.call('project.update', { project: project.id, settings });
    const request = { project: project.id, teacher: teacher.id };
    const students = await engine.call('teacher.estimate', request);
    expect(students.map(({ blocks }) => blocks.length)).toEqual([4, 2, 1]);
    for (const student of students) expect(student.seconds).toBeGreaterThan(0);
    expect(await engine.call('teacher.estimate', request)).toEqual(students);
  });

  it("runs, stores the curve and each test image's prediction, and saves the student", async () => {
    const run = await engine.call('run.start', { project: project.id });
    const done = await finished(run);
    expect(done).toMatchObject({ state: 'done', step: 30, error: null });
    expect(done.summary?.images).toMatchObject({ distilled: 24, labelled: 24, tested: 12 });
    const metrics = await engine.call('run.metrics', { run: run.id });
    expect(metrics).toHaveLength(30);
    const { reference, glimpses } = await engine.call('run.glimpses', { run: run.id });
    expect(reference?.images.every((image) => image !== null)).toBe(true);
    expect([glimpses[0]?.step, glimpses.at(-1)?.step]).toEqual([0, 30]);
    expect(glimpses.at(-1)?.map.length).toBe(reference?.map.length);
    const predictions = await engine.call('run.predictions', { run: run.id });
    const right = predictions.filter(({ truth, student }) => truth[0] === student[0]).length;
    expect(right / predictions.length).toBeCloseTo(
      asClasses(done.summary).student.accuracy.value,
      6,
    );
    const file = join(folder, 'my student.onnx');
    const saved = await engine.call('run.export', { run: run.id, format: 'float32', file });
    expect((await readFile(file)).byteLength).toBe(saved.bytes);
  });

  it('pauses with a checkpoint, and resumes', async () => {
    await engine.call('project.update', { project: project.id, settings: { steps: 4000 } });
    const run = await engine.call('run.start', { project: project.id });
    await engine.next('run.progress', ({ phase, done }) => phase === 'distill' && done > 3);
    const paused = await engine.call('run.pause', { run: run.id });
    expect(paused.state).toBe('paused');
    expect((await readdir(join(workspace, 'runs', String(run.id)))).sort()).toEqual([
      'checkpoint.safetensors',
      'dataset.json',
    ]);
    await engine.call('run.resume', { run: run.id });
    const { done } = await engine.next('run.progress', ({ phase }) => phase === 'distill');
    expect(done).toBeGreaterThan(3);
    await engine.call('run.cancel', { run: run.id });
    expect(await readdir(join(workspace, 'runs'))).not.toContain(String(run.id));
    await engine.call('project.update', { project: project.id, settings: { steps: 30 } });
  });

  it('finishes early with the training so far', async () => {
    await engine.call('project.update', { project: project.id, settings: { steps: 4000 } });
    const run = await engine.call('run.start', { project: project.id });
    await engine.next('run.progress', ({ phase, done }) => phase === 'distill' && done > 3);
    const ended = finished(run);
    await engine.call('run.finish', { run: run.id });
    const { state, step, summary } = await ended;
    expect(state).toBe('done');
    expect(step).toBeLessThan(4000);
    expect(summary?.steps).toBe(step);
  });

  it('resumes a run after the engine was killed', async () => {
    await engine.call('project.update', { project: project.id, settings: { steps: 400 } });
    const run = await engine.call('run.start', { project: project.id });
    await engine.next('run.progress', ({ phase, done }) => phase === 'distill' && done > 20);
    const killed = new Promise((resolve) => engine.child.once('exit', resolve));
    engine.child.kill('SIGKILL');
    await killed;
    engine = await EngineProcess.start(workspace);
    const first = await engine.next('run.progress', ({ phase }) => phase === 'distill');
    // The worker outlives the engine long enough to save its progress.
    expect(first.done).toBeGreaterThan(20);
    expect((await finished(run)).state).toBe('done');
    await engine.call('project.update', { project: project.id, settings: { steps: 30 } });
  });

  it.each([
    ['an unknown method', 'nothing.atAll', null],
    ['parameters of another kind', 'project.get', { project: 'first' }],
    ['parameters too many', 'project.get', { project: 1, more: true }],
  ])('answers %s with an error, and continues', async (_, method, params) => {
    const answer = await engine.ask(method as 'project.get', params);
    expect(answer).toMatchObject({ ok: false, error: { code: 'invalid-request' } });
    expect((await engine.call('project.list', null)).length).toBeGreaterThan(0);
  });

  it.each([
    [
      'a folder that is not there',
      'not-found',
      { folder: join(folder, 'nowhere'), labels: 'none' },
    ],
    [
      'a table that is not there',
      'not-found',
      { folder: join(folder, 'images'), labels: { csv: join(folder, 'no.csv') } },
    ],
  ] as const)('import: %s is reported with a message', async (_, code, request) => {
    const answer = await engine.ask('image.import', { project: project.id, ...request });
    expect(answer).toMatchObject({ ok: false, error: { code } });
  });

  it('a second engine on the workspace is refused with a message', async () => {
    await expect(EngineProcess.start(workspace)).rejects.toThrow(/in use|open|another/i);
  });

  it('the sample is a project with a few labels, and is opened again the next time', async () => {
    const sample = await engine.call('project.sample', null);
    expect(sample).toMatchObject({ isSample: true, images: 600, labelled: 350, tested: 300 });
    expect((await engine.call('project.sample', null)).id).toBe(sample.id);
  });
});
