import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Project, Run } from '../../src/contract/app.ts';
import { EngineProcess } from '../support/engine-process.ts';
import { createTinyProject } from '../support/tiny-project.ts';
import { temporaryFolder, writeImages, writeTinyTeacher } from './support.ts';

// The images that results are measured on, while a project changes between its runs.

const folder = await temporaryFolder();
let engine: EngineProcess;
let project: number;

beforeAll(async () => {
  await writeTinyTeacher(join(folder, 'teacher.safetensors'));
  engine = await EngineProcess.start(join(folder, 'workspace'));
  const images = join(folder, 'images');
  await writeImages(images, 5, 1);
  project = await createTinyProject(engine, folder, { settings: { steps: 4 }, images });
});
afterAll(() => engine.stop());

const get = (): Promise<Project> => engine.call('project.get', { project });
const imagesOf = async (show: 'all' | 'test') =>
  (await engine.call('image.page', { project, filter: { show }, offset: 0, limit: 500 })).images;
const testIds = async (): Promise<number[]> => (await imagesOf('test')).map(({ id }) => id).sort();

async function runOnce(): Promise<Run> {
  const ended = engine.next('run.changed', ({ state }) => /done|failed/.test(state));
  await engine.call('run.start', { project });
  const run = await ended;
  expect(run.error).toBeNull();
  return run;
}

it('label, run, label more, run again: both results use the same test images', async () => {
  const before = await testIds();
  expect(await get()).toMatchObject({ testSet: null, tested: before.length });
  const frozen = engine.next('project.changed');
  const first = await runOnce();
  // When notified, the page requests the project again and shows its test set.
  await frozen;
  expect(first.testSet).toMatchObject({ name: 'A', images: before.length });
  await writeImages(join(folder, 'more'), 12, 7);
  await engine.call('image.import', { project, folder: join(folder, 'more'), labels: 'folders' });
  expect(await testIds()).toEqual(before);
  const second = await runOnce();
  expect(second.testSet).toEqual(first.testSet);
  expect(second.summary?.images.tested).toBe(first.summary?.images.tested);
  const [one, other] = await Promise.all(
    [first, second].map(({ id: run }) => engine.call('run.predictions', { run })),
  );
  expect(other?.map(({ image }) => image)).toEqual(one?.map(({ image }) => image));
});

it('the next run uses the test images that the user sets, as a new test set', async () => {
  const before = await testIds();
  const learnt = (await imagesOf('all')).find(({ id }) => !before.includes(id));
  const changes = [{ image: learnt?.id ?? 0, use: 'test' as const }];
  const { undo } = await engine.call('image.setUse', { project, changes });
  const run = await runOnce();
  expect(run.testSet).toMatchObject({ name: 'A2', images: before.length + 1 });
  await engine.call('image.setUse', { project, changes: undo, exact: true });
  expect(await testIds()).toEqual(before);
});

it('groups joined across the test set are reported, and become test images as a whole', async () => {
  const before = await testIds();
  const learnt = (await imagesOf('all')).find(({ id }) => !before.includes(id));
  const joined = [learnt?.id ?? 0, before[0] ?? 0];
  const changes = joined.map((image) => ({ image, group: 'patient 7' }));
  const { undo, spanning } = await engine.call('image.setUse', { project, changes });
  expect(spanning).toEqual(['patient 7']);
  expect((await get()).spanning).toEqual(['patient 7']);
  const { notes } = await engine.call('run.check', { project });
  expect(notes.join()).toMatch(/“patient 7” had both test images and training images/);
  expect(await testIds()).toEqual([...before, ...joined.slice(0, 1)].sort());
  await engine.call('image.setUse', { project, changes: undo, exact: true });
});

it('a new test set is sampled on request', async () => {
  const before = await testIds();
  expect(await engine.call('project.drawTestSet', { project })).toMatchObject({ testSet: null });
  const run = await runOnce();
  expect(run.testSet?.name).toBe('B');
  expect(await testIds()).not.toEqual(before);
});
