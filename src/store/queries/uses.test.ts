import { expect, test } from 'vitest';
import { tilePixels } from '../../core/mask/tiles.ts';
import type { Project } from '../../contract/app.ts';
import type { Store } from '../store.ts';
import { addProject, newImage } from '../testing/fixtures.ts';
import { temporaryStore } from '../testing/temporary-store.ts';

/** Creates a project with one class per image: a number of labelled images of each class, in groups if given. */
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

test('without marks, a fifth of each class is held out', () => {
  const project = projectOf(temporaryStore(), { town: 10, water: 20 });
  expect(project).toMatchObject({ labelled: 30, learnt: 24, tested: 6 });
  expect(counted(project)).toEqual([
    [10, 8, 2],
    [20, 16, 4],
  ]);
});

test('if images are marked, all of those and no others are held out', () => {
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

test('a class of a single patient is used for training and not measured', () => {
  const group = (name: string, index: number): string => (name === 'rare' ? 'p' : `q${index}`);
  const project = projectOf(temporaryStore(), { common: 10, rare: 3 }, group);
  expect(counted(project)).toEqual([
    [10, 8, 2],
    [3, 3, 0],
  ]);
});

test('other images of a marked patient are used neither for training nor for measuring', () => {
  const store = temporaryStore();
  const { id } = projectOf(store, { town: 6, water: 6 }, (_, index) => `p${index % 3}`);
  const [first] = store.images.all(id);
  store.images.setTest(id, [first?.id ?? 0], true);
  expect(counted(store.projects.get(id))).toEqual([
    [6, 4, 1],
    [6, 4, 0],
  ]);
});

test('images with several classes count towards each; those without a class, only towards the project', () => {
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

test('in segmentation projects, a class counts the images whose done masks contain it', () => {
  const store = temporaryStore();
  const { id, classes } = addProject(store, ['nucleus', 'vessel'], 'segmentation');
  const images = store.images.add(
    id,
    Array.from({ length: 10 }, (_, index) => newImage(`${index}.png`)),
  );
  const tile = (...marked: readonly (readonly [value: number, pixels: number])[]): Uint8Array => {
    const pixels = new Uint8Array(tilePixels);
    let from = 0;
    for (const [value, count] of marked) pixels.fill(value, from, (from += count));
    return pixels;
  };
  const values = classes.map(({ maskValue }) => maskValue ?? 0);
  const [nucleus = 0, vessel = 0] = values;
  const outline = (index: number, x: number, pixels: Uint8Array): void => {
    store.masks.save(images[index]?.id ?? 0, 'human', [{ x, y: 0, pixels }]);
  };
  for (const index of images.keys()) outline(index, 0, tile([nucleus, 100]));
  outline(0, 1, tile([vessel, 7], [255, 9]));
  expect(counted(store.projects.get(id))).toEqual([
    [0, 0, 0],
    [0, 0, 0],
  ]);
  for (const image of images) store.masks.setState(image.id, 'human', 'done');
  const done = store.projects.get(id);
  expect(done).toMatchObject({ labelled: 10, learnt: 8, tested: 2 });
  expect(counted(done)[0]).toEqual([10, 8, 2]);
  expect(counted(done)[1]?.[0]).toBe(1);
  expect(done.classes.map(({ pixels }) => pixels)).toEqual([1000, 7]);
  // Queried again after a change, and after one of them has become a draft again.
  outline(0, 1, tile([vessel, 12]));
  store.masks.setState(images[9]?.id ?? 0, 'human', 'draft');
  expect(store.projects.get(id).classes.map(({ pixels }) => pixels)).toEqual([900, 12]);
});
