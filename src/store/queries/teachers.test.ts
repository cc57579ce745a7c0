import { expect, test } from 'vitest';
import { z } from 'zod';
import { addProject, description, newTeacher, settings } from '../testing/fixtures.ts';
import { temporaryStore } from '../testing/temporary-store.ts';

const otherFile = { ...description, sha256: 'b'.repeat(64) };

test('a teacher is recognised by its content', () => {
  const store = temporaryStore();
  const first = store.teachers.upsert(newTeacher({ isBundled: true }));
  expect(first).toEqual({
    ...newTeacher({ isBundled: true }),
    id: 1,
    addedAt: expect.any(String) as string,
  });
  const change = { file: '/moved/vit.safetensors', suits: 'all', overrides: { heads: 6 } };
  const again = store.teachers.upsert(newTeacher(change));
  expect(again).toEqual({ ...first, ...change });
  const second = store.teachers.upsert(newTeacher({ name: 'a', description: otherFile }));
  expect(store.teachers.list()).toEqual([again, second]);
  expect(store.teachers.get(second.id)).toEqual(second);
});

test('a teacher can be removed if no unfinished run needs it, also from projects that chose it', () => {
  const store = temporaryStore();
  const { id: project } = addProject(store);
  const { id: teacher } = store.teachers.upsert(newTeacher());
  store.projects.update(project, { settings: { teacher } });
  const run = store.runs.create({ project, teacher, settings });
  for (const state of ['queued', 'running', 'paused', 'failed'] as const) {
    store.runs.update(run.id, { state });
    expect(() => {
      store.teachers.remove(teacher);
    }).toThrow(/unfinished run of the project “Lungs” needs vit/);
  }
  const done = store.runs.update(run.id, { state: 'done' });
  store.teachers.remove(teacher);
  expect(store.teachers.list()).toEqual([]);
  expect(store.projects.get(project).settings.teacher).toBeNull();
  expect(store.runs.get(run.id)).toEqual(done);
  expect(store.runs.files(run.id)).toEqual({ folder: 'runs/1', teacher: null });
});

test('measurements are stored by teacher and computer', () => {
  const store = temporaryStore();
  const { id } = store.teachers.upsert(newTeacher());
  const form = z.strictObject({ seconds: z.number() });
  expect(store.teachers.estimate(form, id, 'here')).toBeUndefined();
  store.teachers.saveEstimate(id, 'here', { seconds: 1 });
  store.teachers.saveEstimate(id, 'here', { seconds: 2 });
  expect(store.teachers.estimate(form, id, 'here')).toEqual({ seconds: 2 });
  expect(store.teachers.estimate(form, id, 'there')).toBeUndefined();
  expect(store.teachers.estimate(z.string(), id, 'here')).toBeUndefined();
  // The same teacher again; then with corrections, which may change its computation.
  store.teachers.upsert(newTeacher());
  expect(store.teachers.estimate(form, id, 'here')).toEqual({ seconds: 2 });
  store.teachers.upsert(newTeacher({ overrides: { heads: 6 } }));
  expect(store.teachers.estimate(form, id, 'here')).toBeUndefined();
});

test('rejects a missing teacher', () => {
  const { teachers } = temporaryStore();
  expect(() => teachers.get(7)).toThrow(/teacher with number 7/);
  expect(() => {
    teachers.remove(7);
  }).toThrow(/teacher with number 7/);
});
