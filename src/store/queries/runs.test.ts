import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { engineMethods, run as runSchema, type Run } from '../../contract/app.ts';
import type { Store } from '../store.ts';
import { addImages, addProject, newTeacher, settings, summary } from '../testing/fixtures.ts';
import { temporaryStore } from '../testing/temporary-store.ts';

const runGlimpses = engineMethods['run.glimpses'].result;

beforeEach(() => vi.useFakeTimers({ now: new Date('2026-01-01T10:00:00Z') }));
afterEach(() => vi.useRealTimers());

function addRun(store: Store, project: number): Run {
  const teacher = store.teachers.upsert(newTeacher()).id;
  return store.runs.create({ project, teacher, settings });
}

test('stores a run from its start to its end', () => {
  const store = temporaryStore();
  const { id: project } = addProject(store);
  const created = addRun(store, project);
  expect(runSchema.parse(created)).toEqual({
    id: 1,
    project,
    state: 'queued',
    settings,
    teacherName: 'vit',
    teacherBlocks: 12,
    isExported: false,
    testSet: null,
    createdAt: '2026-01-01T10:00:00.000Z',
    finishedAt: null,
    step: 0,
    device: null,
    deviceNote: null,
    error: null,
    summary: null,
  });
  expect(store.runs.files(created.id)).toEqual({ folder: 'runs/1', teacher: 1 });
  vi.advanceTimersByTime(60_000);
  const error = { code: 'disk', message: 'The disk is full.', details: 'ENOSPC' };
  const finishedAt = '2026-01-01T10:01:00.000Z';
  const failed = store.runs.update(1, { state: 'failed', step: 40, error });
  expect(failed).toEqual({ ...created, state: 'failed', step: 40, error, finishedAt });
  const running = store.runs.update(1, { state: 'running', error: null });
  expect(running).toEqual({ ...created, state: 'running', step: 40 });
  const done = store.runs.update(1, { state: 'done', step: 600, summary });
  expect(runSchema.parse(done)).toEqual({
    ...created,
    state: 'done',
    step: 600,
    summary,
    finishedAt,
  });
  expect(store.runs.get(1)).toEqual(done);
});

test('a run that has not been trained yet can get other settings and another teacher', () => {
  const store = temporaryStore();
  const { id } = addRun(store, addProject(store).id);
  const other = store.teachers.upsert(newTeacher({ name: 'other', file: '/models/other' })).id;
  const rank = settings.rank + 1;
  const renewed = store.runs.renew(id, { teacher: other, settings: { ...settings, rank } });
  expect(renewed).toMatchObject({ id, teacherName: 'other', settings: { rank } });
  expect(store.runs.files(id).teacher).toBe(other);
  expect(() => store.runs.renew(id, { teacher: 99, settings })).toThrow('teacher');
  expect(store.runs.get(id)).toEqual(renewed);
});

test("lists a project's runs, the latest first, and interrupted runs in their order", () => {
  const store = temporaryStore();
  const project = addProject(store).id;
  const other = addProject(store).id;
  for (const state of ['queued', 'running', 'paused', 'failed', 'done'] as const) {
    store.runs.update(addRun(store, project).id, { state });
  }
  addRun(store, other);
  expect(store.runs.list(project).map(({ id }) => id)).toEqual([5, 4, 3, 2, 1]);
  expect(store.runs.interrupted().map(({ id }) => id)).toEqual([1, 2, 6]);
});

test('a curve omits the points from before the run returned to a checkpoint', () => {
  const store = temporaryStore();
  const { id } = addRun(store, addProject(store).id);
  const curve = (first: number, last: number, loss: number): { step: number; loss: number }[] =>
    Array.from({ length: last - first + 1 }, (_, index) => ({ step: first + index, loss }));
  store.records.addMetrics(id, 'distill', curve(1, 12, 0.5));
  store.records.addMetrics(id, 'distill', curve(9, 15, 0.25));
  store.records.addMetrics(id, 'decoder', curve(1, 20, 0.75));
  const all = [...curve(1, 8, 0.5), ...curve(9, 15, 0.25)];
  expect(store.records.metrics(id, 'distill')).toEqual(all);
  // A run that returned to its checkpoint, and the points that it lost thereby.
  store.records.forgetMetrics(id, 'distill', 12);
  expect(store.records.metrics(id, 'distill')).toEqual(all.slice(0, 12));
  expect(store.records.metrics(id, 'decoder')).toEqual(curve(1, 20, 0.75));
});

test('probes of later steps are forgotten when a run goes back; images may be missing', () => {
  const store = temporaryStore();
  const project = addProject(store).id;
  const { id } = addRun(store, project);
  expect(store.records.probes(id)).toEqual({ reference: null, glimpses: [] });
  const [one = 0, two = 0] = addImages(store, project, ['1.png', '2.png']);
  const map = Uint8Array.of(1, 2, 3, 4, 5, 6);
  const reference = { images: [one, two, null], grid: 1, accuracy: 0.75, map };
  store.records.setReference(id, { ...reference, accuracy: null });
  store.records.setReference(id, reference);
  for (const step of [0, 10, 20]) store.records.addProbe(id, { step, accuracy: null, map });
  store.records.addProbe(id, { step: 10, accuracy: 0.5, map: map.toReversed() });
  store.images.remove(project, [two]);
  const found = store.records.probes(id);
  expect(runGlimpses.parse(found)).toEqual(found);
  const { map: bytes, ...rest } = found.reference ?? { map: [] };
  expect([...bytes]).toEqual([...map]);
  expect(rest).toEqual({ images: [one, null, null], grid: 1, accuracy: 0.75 });
  expect(found.glimpses.map(({ step, accuracy }) => [step, accuracy])).toEqual([
    [0, null],
    [10, 0.5],
  ]);
  expect([...(found.glimpses[1]?.map ?? [])]).toEqual([6, 5, 4, 3, 2, 1]);
});

test('predictions are replaced as a whole, without images that no longer exist', () => {
  const store = temporaryStore();
  const project = addProject(store).id;
  const { id } = addRun(store, project);
  const [ten = 0, nine = 0] = addImages(store, project, ['10.png', '9.png']);
  const classes = { truth: [0], teacher: [0], copy: [], student: [0, 1] };
  store.records.replacePredictions(id, [{ image: nine, ...classes, truth: [1] }]);
  const all = [ten, nine, 99].map((image) => ({ image, ...classes }));
  store.records.replacePredictions(id, all);
  expect(store.records.predictions(id)).toEqual([
    { image: nine, name: '9.png', ...classes },
    { image: ten, name: '10.png', ...classes },
  ]);
  store.images.remove(project, [nine]);
  expect(store.records.predictions(id)).toHaveLength(1);
});

test('lists exports, the latest first', () => {
  const store = temporaryStore();
  const { id: run } = addRun(store, addProject(store).id);
  const exported = { run, format: 'int8', file: '/out/student.onnx', bytes: 12 } as const;
  store.exports.add(exported);
  store.exports.add({ ...exported, format: 'safetensors' });
  expect(store.runs.get(run).isExported).toBe(true);
  const createdAt = '2026-01-01T10:00:00.000Z';
  expect(store.exports.list(run)).toEqual([
    { ...exported, format: 'safetensors', createdAt },
    { ...exported, createdAt },
  ]);
});

test('a run is removed with all its rows', () => {
  const store = temporaryStore();
  const project = addProject(store).id;
  const { id: run } = addRun(store, project);
  const [image = 0] = addImages(store, project, ['a']);
  store.records.addMetrics(run, 'decoder', [{ step: 1, loss: 0.5 }]);
  store.records.replacePredictions(run, [{ image, truth: [], teacher: [], copy: [], student: [] }]);
  store.exports.add({ run, format: 'float16', file: '/out', bytes: 1 });
  store.runs.remove(run);
  expect(store.records.metrics(run, 'decoder')).toEqual([]);
  expect(store.records.predictions(run)).toEqual([]);
  expect(store.exports.list(run)).toEqual([]);
});

test('rejects missing runs', () => {
  const store = temporaryStore();
  const project = addProject(store).id;
  const missing = expect.objectContaining({ name: 'UserError', code: 'not-found' }) as Error;
  const teacher = store.teachers.upsert(newTeacher()).id;
  for (const action of [
    () => store.runs.create({ project, teacher: 99, settings }),
    () => store.runs.create({ project: 99, teacher, settings }),
    () => store.runs.get(7),
    () => store.runs.files(7),
    () => store.runs.update(7, { state: 'done' }),
    () => {
      store.runs.remove(7);
    },
    () => {
      store.records.addMetrics(7, 'distill', [{ step: 1, loss: 1 }]);
    },
    () => {
      store.exports.add({ run: 7, format: 'int8', file: '/out', bytes: 1 });
    },
  ]) {
    expect(action).toThrow(missing);
  }
});
