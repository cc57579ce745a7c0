import { expect, test } from 'vitest';
import { divide, type Division } from '../../core/dataset/hold-out.ts';
import type { Store } from '../store.ts';
import { addProject, newImage, newTeacher, settings } from '../testing/fixtures.ts';
import { temporaryStore } from '../testing/temporary-store.ts';
import { testSetName } from './test-sets.ts';

/**
 * Creates a project with one class per image: a number of labelled images of the class `a`, and unlabelled ones.
 */
function projectOf(store: Store, labelled: number, unlabelled = 0) {
  const { id, classes } = addProject(store, ['a', 'b'], 'single');
  const names = Array.from({ length: labelled + unlabelled }, (_, at) => newImage(`${at}.png`));
  const images = store.images.add(id, names).map((image) => image.id);
  const [a = 0] = classes.map((one) => one.id);
  const label = (some: readonly number[], to: number | null = a): void => {
    const given = to === null ? null : [to];
    store.labels.set(
      id,
      some.map((image) => ({ image, classes: given })),
    );
  };
  label(images.slice(0, labelled));
  return { id, images, label, classes };
}

/** Divides images and freezes the test set, as a run does. */
function runOn(store: Store, project: number): { run: number; tested: number[] } {
  const teacher = store.teachers.upsert(newTeacher()).id;
  const { id: run } = store.runs.create({ project, teacher, settings });
  const images = [...store.images.all(project)].map((image) => ({
    ...image,
    key: image.id,
    labels: image.classes.map(String),
  }));
  const { mode, seed } = store.testSets.state(project);
  const made: Division<(typeof images)[number]> = divide(images, seed, mode);
  const test = made.tested.filter(({ assigned }) => assigned !== 'test').map(({ id }) => id);
  const learn = made.rest.filter(({ isLabelled }) => isLabelled).map(({ id }) => id);
  const members = made.tested.map(({ id, labels }) => [id, labels.join('+')] as const);
  store.testSets.freeze(project, run, { mode: made.mode, isNew: made.isNew, test, learn, members });
  return { run, tested: made.tested.map(({ id }) => id) };
}

test('letters name the test sets', () => {
  expect([1, 2, 26, 27, 52, 53].map((draw) => testSetName(draw, 1))).toEqual([
    ...['A', 'B', 'Z', 'AA', 'AZ', 'BA'],
  ]);
  expect(testSetName(1, 3)).toBe('A3');
});

test('further labels change neither the test set nor its name nor its counts', () => {
  const store = temporaryStore();
  const { id, images, label } = projectOf(store, 20, 80);
  const before = store.projects.get(id);
  expect(before).toMatchObject({ tested: 4, testSet: null });
  const first = runOn(store, id);
  expect(first.tested.toSorted()).toEqual(before.drawn.toSorted());
  label(images.slice(20));
  expect(store.projects.get(id)).toMatchObject({ tested: 4, learnt: 96, testSet: { name: 'A' } });
  const second = runOn(store, id);
  expect(second.tested).toEqual(first.tested);
  const sets = [first, second].map(({ run }) => store.runs.get(run).testSet);
  expect(sets[0]).toMatchObject({ name: 'A', images: 4 });
  expect(sets[1]).toEqual(sets[0]);
});

test('relabelling a test image renames the set; undoing it restores the name', () => {
  const store = temporaryStore();
  const { id, label, classes } = projectOf(store, 20);
  const first = runOn(store, id);
  const names = (): (string | undefined)[] =>
    store.runs
      .list(id)
      .map((run) => run.testSet?.name)
      .toReversed();
  const [one = 0] = first.tested;
  label([one], classes[1]?.id);
  runOn(store, id);
  label([one]);
  runOn(store, id);
  label([one], null);
  runOn(store, id);
  store.images.remove(id, [first.tested[1] ?? 0]);
  runOn(store, id);
  expect(names()).toEqual(['A', 'A2', 'A', 'A3', 'A4']);
});

test('another set is sampled once all test images have been removed', () => {
  const store = temporaryStore();
  const { id } = projectOf(store, 20);
  store.images.remove(id, runOn(store, id).tested);
  expect(store.projects.get(id).tested).toBe(3);
  expect(store.runs.get(runOn(store, id).run).testSet).toMatchObject({ name: 'B', images: 3 });
});

test("another set can be sampled on request, and the user's choices stay", () => {
  const store = temporaryStore();
  const { id, images } = projectOf(store, 40);
  const first = runOn(store, id);
  const learnt = images.filter((image) => !first.tested.includes(image));
  store.imageUses.set(id, [{ image: first.tested[0] ?? 0, use: 'learn' }]);
  store.imageUses.set(id, [{ image: learnt[0] ?? 0, use: 'test' }]);
  const second = runOn(store, id);
  expect(second.tested.toSorted()).toEqual([...first.tested.slice(1), learnt[0] ?? 0].toSorted());
  store.imageUses.set(id, [{ image: learnt[0] ?? 0, use: 'auto' }]);
  store.testSets.drawAnew(id);
  expect(store.projects.get(id).testSet).toBeNull();
  const shown = store.projects.get(id).drawn.toSorted();
  const third = runOn(store, id);
  expect(third.tested.toSorted()).toEqual(shown);
  expect(third.tested.toSorted()).not.toEqual(first.tested.toSorted());
  expect(third.tested).not.toContain(first.tested[0]);
  const names = store.runs.list(id).map(({ testSet }) => testSet?.name);
  expect(names).toEqual(['B', 'A2', 'A']);
});

test('a cancelled run leaves no test set behind, unless another run was measured on it', () => {
  const store = temporaryStore();
  const { id, images, label } = projectOf(store, 10, 30);
  const first = runOn(store, id);
  store.runs.remove(first.run);
  store.testSets.release(id);
  label(images);
  expect(store.projects.get(id)).toMatchObject({ tested: 8, testSet: null });
  const second = runOn(store, id);
  expect(store.runs.get(second.run).testSet?.name).toBe('A');
  const third = runOn(store, id);
  store.runs.remove(third.run);
  store.testSets.release(id);
  expect(store.projects.get(id).testSet?.name).toBe('A');
});

test('a result on fewer images than were held out has another set', () => {
  const store = temporaryStore();
  const { id } = projectOf(store, 20);
  const { run, tested } = runOn(store, id);
  store.testSets.narrow(run, tested);
  expect(store.runs.get(run).testSet?.name).toBe('A');
  store.testSets.narrow(run, tested.slice(1));
  expect(store.runs.get(run).testSet).toMatchObject({ name: 'A2', images: 3 });
});
