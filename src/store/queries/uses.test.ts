import { expect, test } from 'vitest';
import type { Project } from '../../contract/app.ts';
import type { Store } from '../store.ts';
import { addProject, newImage } from '../testing/fixtures.ts';
import { temporaryStore } from '../testing/temporary-store.ts';

/** A project of one class an image: so many labelled images of each class, of a group each if any. */
function projectOf(
  store: Store,
  counts: Record<string, number>,
  groupOf: (name: string, index: number) => string | undefined = () => undefined,
): Project {
  const { id, classes } = addProject(store, Object.keys(counts), 'single');
  for (const { id: label, name } of classes) {
    const images = Array.from({ length: counts[name] ?? 0 }, (_, index) =>
      newImage(`${name}/${index}.png`, { group: groupOf(name, index) }),
    );
    const added = store.images.add(id, images);
    store.labels.set(
      id,
      added.map((image) => ({ image: image.id, classes: [label] })),
    );
  }
  return store.projects.get(id);
}

const counted = ({ classes }: Project): number[][] =>
  classes.map(({ labelled, learnt, tested }) => [labelled, learnt, tested]);

test('where nothing is marked, a fifth of each class is not learnt from', () => {
  const project = projectOf(temporaryStore(), { town: 10, water: 20 });
  expect(project).toMatchObject({ labelled: 30, learnt: 24, tested: 6 });
  expect(counted(project)).toEqual([
    [10, 8, 2],
    [20, 16, 4],
  ]);
});

test('marked images are held out whole, and none but they', () => {
  const store = temporaryStore();
  const { id } = projectOf(store, { town: 10, water: 20 });
  const marked = [...store.images.all(id)].filter(({ name }) => /town\/[0-3]\.png/.test(name));
  store.images.setTest(
    id,
    marked.map((image) => image.id),
    true,
  );
  expect(counted(store.projects.get(id))).toEqual([
    [10, 6, 4],
    [20, 20, 0],
  ]);
});

test('a class of one patient is learnt from and not measured on', () => {
  const group = (name: string, index: number): string => (name === 'rare' ? 'p' : `q${index}`);
  const project = projectOf(temporaryStore(), { common: 10, rare: 3 }, group);
  expect(counted(project)).toEqual([
    [10, 8, 2],
    [3, 3, 0],
  ]);
});

test('others of a marked patient are neither learnt from nor measured on', () => {
  const store = temporaryStore();
  const { id } = projectOf(store, { town: 6, water: 6 }, (_, index) => `p${index % 3}`);
  const [first] = store.images.all(id);
  store.images.setTest(id, [first?.id ?? 0], true);
  expect(counted(store.projects.get(id))).toEqual([
    [6, 4, 1],
    [6, 4, 0],
  ]);
});

test('images of several classes count for each, those of none for the project', () => {
  const store = temporaryStore();
  const { id, classes } = addProject(store, ['x', 'y']);
  const [x = 0, y = 0] = classes.map((one) => one.id);
  const images = store.images.add(
    id,
    ['a', 'b', 'c'].map((name) => newImage(name, { isTest: name === 'a' })),
  );
  const given = [[x, y], [x, y], []];
  store.labels.set(
    id,
    images.map((image, index) => ({ image: image.id, classes: given[index] ?? null })),
  );
  const project = store.projects.get(id);
  expect(project).toMatchObject({ labelled: 3, learnt: 2, tested: 1 });
  expect(counted(project)).toEqual([
    [2, 1, 1],
    [2, 1, 1],
  ]);
});
