import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { LabelChange } from '../../contract/app.ts';
import type { Store } from '../store.ts';
import { addImages, addProject } from '../testing/fixtures.ts';
import { temporaryStore } from '../testing/temporary-store.ts';

function labelsOf(store: Store, project: number): (readonly number[] | null)[] {
  const images = [...store.images.all(project)];
  return images.map(({ isLabelled, classes }) => (isLabelled ? classes : null));
}

test('distinguishes classes, none of the classes, and no label', () => {
  const store = temporaryStore();
  const { id: project, classes } = addProject(store, ['x', 'y']);
  const [x = 0, y = 0] = classes.map(({ id }) => id);
  const [a = 0, b = 0, c = 0] = addImages(store, project, ['a', 'b', 'c']);
  const undo = store.labels.set(project, [
    { image: a, classes: [y, x, y] },
    { image: b, classes: [] },
    { image: c, classes: [x] },
    { image: c, classes: null },
  ]);
  expect(labelsOf(store, project)).toEqual([[x, y], [], null]);
  expect(undo).toEqual([
    { image: c, classes: [x] },
    { image: c, classes: null },
    { image: b, classes: null },
    { image: a, classes: null },
  ]);
});

test('undo restores the state before any change, redo the state after it', () => {
  const store = temporaryStore();
  const { id: project, classes } = addProject(store, ['x', 'y', 'z']);
  const images = addImages(store, project, ['a', 'b', 'c', 'd']);
  const change: fc.Arbitrary<LabelChange> = fc.record({
    image: fc.constantFrom(...images),
    classes: fc.option(fc.subarray(classes.map(({ id }) => id))),
  });
  fc.assert(
    // Each case starts with the labels that the previous one left.
    fc.property(fc.array(change, { maxLength: 12 }), fc.boolean(), (changes, leaves) => {
      const start = labelsOf(store, project);
      const undo = store.labels.set(project, changes);
      const end = labelsOf(store, project);
      const redo = store.labels.set(project, undo);
      expect(labelsOf(store, project)).toEqual(start);
      store.labels.set(project, redo);
      expect(labelsOf(store, project)).toEqual(end);
      if (!leaves) store.labels.set(project, undo);
    }),
  );
});

test.each([
  ['a class of another project', 'not-found', 1, 2],
  ['an image of another project', 'not-found', 2, 1],
] as const)('refuses %s, and changes nothing', (_name, code, imageOf, classOf) => {
  const store = temporaryStore();
  const projects = [addProject(store, ['x']), addProject(store, ['x'])];
  const [own = 0] = addImages(store, 1, ['a']);
  addImages(store, 2, ['b']);
  const ownClass = projects[0]?.classes[0]?.id ?? 0;
  const changes = [
    { image: own, classes: [ownClass] },
    { image: imageOf, classes: [projects[classOf - 1]?.classes[0]?.id ?? 0] },
  ];
  const error = expect.objectContaining({ name: 'UserError', code }) as Error;
  expect(() => store.labels.set(1, changes)).toThrow(error);
  expect(labelsOf(store, 1)).toEqual([null]);
});

test('refuses two classes or none in a project with one class per image', () => {
  const store = temporaryStore();
  const { id: project, classes } = addProject(store, ['x', 'y'], 'single');
  const [image = 0] = addImages(store, project, ['a.png']);
  const ids = classes.map(({ id }) => id);
  expect(() => store.labels.set(project, [{ image, classes: ids }])).toThrow(/a\.png was given 2/);
  expect(() => store.labels.set(project, [{ image, classes: [] }])).toThrow(/given 0/);
  store.labels.set(project, [{ image, classes: ids.slice(1) }]);
  expect(store.labels.set(project, [{ image, classes: null }])).toEqual([
    { image, classes: ids.slice(1) },
  ]);
});

test('rejects a missing project', () => {
  expect(() => temporaryStore().labels.set(7, [])).toThrow(/project with number 7/);
});
