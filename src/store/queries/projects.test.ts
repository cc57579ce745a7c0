import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { project as projectSchema } from '../../contract/app.ts';
import { addImages, addProject, newImage, settings } from '../testing/fixtures.ts';
import { temporaryStore } from '../testing/temporary-store.ts';
import { unused } from './uses.ts';

beforeEach(() => vi.useFakeTimers({ now: new Date('2026-01-01T10:00:00Z') }));
afterEach(() => vi.useRealTimers());

test('stores the properties that a project is created with', () => {
  const store = temporaryStore();
  const created = store.projects.create({
    name: 'Fields',
    domain: 'satellite',
    task: 'single',
    isSample: true,
    settings: { ...settings, skip: 3 },
    classes: [
      { name: 'wheat', colour: '#e69f00' },
      { name: 'barley', colour: '#56b4e9' },
    ],
  });
  expect(projectSchema.parse(created)).toEqual({
    id: 1,
    name: 'Fields',
    domain: 'satellite',
    task: 'single',
    isSample: true,
    createdAt: '2026-01-01T10:00:00.000Z',
    openedAt: '2026-01-01T10:00:00.000Z',
    images: 0,
    ...unused,
    drafts: 0,
    marked: { labelled: 0, unlabelled: 0 },
    drawn: [],
    spanning: [],
    testSet: null,
    classes: [
      { id: 1, name: 'wheat', colour: '#e69f00', maskValue: 1, ...unused },
      { id: 2, name: 'barley', colour: '#56b4e9', maskValue: 2, ...unused },
    ],
    settings: { ...settings, skip: 3 },
  });
  expect(store.projects.get(created.id)).toEqual(created);
});

test('two classes with the same name prevent the creation of a project', () => {
  const store = temporaryStore();
  expect(() => addProject(store, ['a', 'a'])).toThrow(/class named “a” already/);
  expect(store.projects.list()).toEqual([]);
});

test("counts the project's own images: all, labelled, test images, and those of each class", () => {
  const store = temporaryStore();
  const { id, classes } = addProject(store, ['x', 'y']);
  const other = addProject(store, ['z']);
  addImages(store, other.id, ['other.png']);
  const [a = 0, b = 0, c = 0, d = 0] = addImages(store, id, ['a', 'b', 'c', 'd', 'e']);
  const [x = 0, y = 0] = classes.map((item) => item.id);
  store.labels.set(id, [
    { image: a, classes: [x, y] },
    { image: b, classes: [x] },
    { image: c, classes: [] },
  ]);
  store.images.setTest(id, [a, c, d], true);
  const counted = store.projects.get(id);
  expect(counted).toMatchObject({
    images: 5,
    labelled: 3,
    learnt: 1,
    tested: 2,
    marked: { labelled: 2, unlabelled: 1 },
    drawn: [],
  });
  expect(counted.classes).toMatchObject([
    { labelled: 2, learnt: 1, tested: 1 },
    { labelled: 1, learnt: 0, tested: 1 },
  ]);
});

test('lists the one opened last first', () => {
  const store = temporaryStore();
  const [first, second, third] = [1, 2, 3].map(() => addProject(store).id);
  vi.advanceTimersByTime(1000);
  store.projects.touch(second ?? 0);
  expect(store.projects.list().map(({ id }) => id)).toEqual([second, third, first]);
  expect(store.projects.get(second ?? 0).openedAt).toBe('2026-01-01T10:00:01.000Z');
});

test('an update changes only the given properties', () => {
  const store = temporaryStore();
  const before = addProject(store, ['x']);
  const after = store.projects.update(before.id, {
    name: 'Chest',
    domain: undefined,
    settings: { rank: 8, skip: undefined },
  });
  expect(after).toEqual({ ...before, name: 'Chest', settings: { ...settings, rank: 8 } });
  expect(store.projects.update(before.id, { domain: 'other' })).toEqual({
    ...after,
    domain: 'other',
  });
});

test('settings that the contract rejects are not written', () => {
  const store = temporaryStore();
  const { id } = addProject(store);
  expect(() => store.projects.update(id, { settings: { rank: 0 } })).toThrow(/"rank"/);
  expect(store.projects.get(id).settings.rank).toBe(16);
});

test('a project is removed with all its own rows', () => {
  const store = temporaryStore();
  const { id, classes } = addProject(store, ['x']);
  const kept = addProject(store, ['x']);
  const [image = 0] = addImages(store, id, ['a']);
  store.images.add(kept.id, [newImage('a')]);
  store.labels.set(id, [{ image, classes: classes.map((item) => item.id) }]);
  store.projects.remove(id);
  expect(store.projects.list().map((project) => project.id)).toEqual([kept.id]);
  expect(() => store.images.get(image)).toThrow(/does not exist/);
  expect(store.projects.get(kept.id).images).toBe(1);
  expect(addProject(store).id).toBe(3);
});

test('rejects a missing project', () => {
  const { projects } = temporaryStore();
  const error = expect.objectContaining({ name: 'UserError', code: 'not-found' }) as Error;
  for (const action of [
    () => projects.get(7),
    () => projects.update(7, { name: 'x' }),
    () => {
      projects.touch(7);
    },
    () => {
      projects.remove(7);
    },
  ]) {
    expect(action).toThrow(error);
  }
});
