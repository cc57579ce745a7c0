import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { projectImage, type ImageFilter } from '../../contract/app.ts';
import type { Store } from '../store.ts';
import { addImages, addProject, newImage } from '../testing/fixtures.ts';
import { temporaryStore } from '../testing/temporary-store.ts';

const everything: ImageFilter = { show: 'all', search: '' };

function names(store: Store, project: number, filter: Partial<ImageFilter>): string[] {
  const { total, images } = store.images.page(project, { ...everything, ...filter }, 0, 500);
  expect(total).toBe(images.length);
  return images.map(({ name }) => name);
}

test('stores all facts about an image', () => {
  const store = temporaryStore();
  const { id: project } = addProject(store);
  const image = newImage('sub/a.png', { group: 'patient 7', isTest: true });
  const [added] = store.images.add(project, [image]);
  expect(added).toEqual({ id: 1, isNew: true, folder: '/images', name: 'sub/a.png' });
  expect(store.images.get(1)).toEqual({
    ...image,
    id: 1,
    project,
    path: join('/images', 'sub', 'a.png'),
    isLabelled: false,
    classes: [],
    assigned: 'test',
    drawn: undefined,
  });
  expect(store.images.page(project, everything, 0, 1).images).toEqual([
    projectImage.parse({
      id: 1,
      name: 'sub/a.png',
      width: 640,
      height: 480,
      isLabelled: false,
      classes: [],
      isTest: true,
      group: 'patient 7',
    }),
  ]);
});

test('slices of a file are images of their own, identified by content and number', () => {
  const store = temporaryStore();
  const { id: project } = addProject(store);
  const slices = [0, 1].map((frame) =>
    newImage(`scan.nii#${frame + 1}`, { frame }, 'content of the scan'),
  );
  store.images.add(project, slices);
  expect(store.images.get(2)).toMatchObject({
    frame: 1,
    name: 'scan.nii#2',
    path: join('/images', 'scan.nii'),
  });
  const moved = slices.map((slice) => ({ ...slice, folder: '/elsewhere' }));
  expect(store.images.add(project, moved).map(({ id, isNew }) => [id, isNew])).toEqual([
    [1, false],
    [2, false],
  ]);
  // A name of this form is an ordinary name if the file holds one image.
  store.images.add(project, [newImage('b#2.png')]);
  expect(store.images.get(3).path).toBe(join('/images', 'b#2.png'));
});

test('content is recognised within a project, wherever its file is', () => {
  const store = temporaryStore();
  const { id: project } = addProject(store);
  const other = addProject(store).id;
  store.images.add(project, [newImage('a.png')]);
  const again = store.images.add(project, [
    newImage('copy of a.png', { folder: '/elsewhere' }, 'a.png'),
    newImage('b.png'),
    newImage('twin of b.png', {}, 'b.png'),
  ]);
  expect(again).toEqual([
    { id: 1, isNew: false, folder: '/images', name: 'a.png' },
    { id: 2, isNew: true, folder: '/images', name: 'b.png' },
    { id: 2, isNew: false, folder: '/images', name: 'b.png' },
  ]);
  expect(store.images.add(other, [newImage('a.png')])[0]?.isNew).toBe(true);
});

test('a batch is added completely or not at all', () => {
  const store = temporaryStore();
  const { id: project } = addProject(store);
  const images = [newImage('a.png'), newImage('b.png', { width: 0 })];
  expect(() => store.images.add(project, images)).toThrow(/CHECK/);
  expect(store.projects.get(project).images).toBe(0);
  expect(() => store.images.add(7, [newImage('a.png')])).toThrow(/removed in the meantime/);
});

describe('a page of images', () => {
  test('is sorted by folder and natural name', () => {
    const store = temporaryStore();
    const { id: project } = addProject(store);
    store.images.add(project, [newImage('1.png', { folder: '/z' }, 'in another folder')]);
    addImages(store, project, ['a10.png', 'A9.png', 'b/2.png', 'b/10.png', 'b/1.png']);
    const order = ['A9.png', 'a10.png', 'b/1.png', 'b/2.png', 'b/10.png', '1.png'];
    expect(names(store, project, {})).toEqual(order);
    for (const [index, name] of order.entries()) {
      const { total, images } = store.images.page(project, everything, index, 1);
      expect([total, images[0]?.name]).toEqual([order.length, name]);
    }
    expect(store.images.page(project, everything, 6, 10)).toEqual({ total: 6, images: [] });
  });

  test('shows the sampled test images if none is marked', () => {
    const store = temporaryStore();
    const { id: project, classes } = addProject(store, ['x', 'y']);
    const [x = 0] = classes.map(({ id }) => id);
    const ids = addImages(store, project, [
      'a',
      'b',
      'c',
      'd',
      'e',
      'f',
      'g',
      'h',
      'i',
      'j',
      'unlabelled',
    ]);
    store.labels.set(
      project,
      ids.slice(0, 10).map((image) => ({ image, classes: [x] })),
    );
    const shown = (): number[] =>
      store.images.page(project, { ...everything, show: 'test' }, 0, 20).images.map(({ id }) => id);
    const { drawn, tested } = store.projects.get(project);
    expect(drawn).toHaveLength(2);
    expect([shown(), tested]).toEqual([drawn, 2]);
    store.images.setTest(project, ids.slice(3, 4), true);
    expect(shown()).toEqual(ids.slice(3, 4));
    expect(store.projects.get(project).drawn).toEqual([]);
  });

  test('is filtered', () => {
    const store = temporaryStore();
    const { id: project, classes } = addProject(store, ['x', 'y']);
    const [x = 0, y = 0] = classes.map(({ id }) => id);
    const [a = 0, b = 0, c = 0] = addImages(store, project, ['a', 'b', 'c', 'd']);
    store.labels.set(project, [
      { image: a, classes: [y, x] },
      { image: b, classes: [x] },
      { image: c, classes: [] },
    ]);
    store.images.setTest(project, [b, c], true);
    expect(names(store, project, { show: 'unlabelled' })).toEqual(['d']);
    expect(names(store, project, { show: 'labelled' })).toEqual(['a', 'b', 'c']);
    expect(names(store, project, { show: 'test' })).toEqual(['b', 'c']);
    expect(names(store, project, { show: x })).toEqual(['a', 'b']);
    expect(names(store, project, { show: x, search: 'B' })).toEqual(['b']);
    expect(names(store, project, { show: 99 })).toEqual([]);
    const { images } = store.images.page(project, everything, 0, 3);
    expect(images.map((image) => [image.isLabelled, image.classes, image.isTest])).toEqual([
      [true, [x, y], false],
      [true, [x], true],
      [true, [], true],
    ]);
  });

  test("shows images with a student's prediction and without a done mask", () => {
    const store = temporaryStore();
    const { id: project } = addProject(store, ['x'], 'segmentation');
    const [a = 0, b = 0, c = 0] = addImages(store, project, ['a', 'b', 'c', 'd']);
    const marked = { x: 0, y: 0, pixels: new Uint8Array(512 * 512).fill(1) };
    for (const image of [a, b]) store.masks.save(image, 'student', [marked]);
    store.masks.save(c, 'teacher', [marked]);
    store.masks.setState(b, 'human', 'done');
    expect(names(store, project, { show: 'predicted' })).toEqual(['a']);
    const { images } = store.images.page(project, everything, 0, 9);
    expect(images.map(({ isPredicted }) => isPredicted)).toEqual([
      true,
      true,
      undefined,
      undefined,
    ]);
  });

  test('shows search results: any part of the name, ignoring case, without wildcards', () => {
    const store = temporaryStore();
    const { id: project } = addProject(store);
    addImages(store, project, ['Pru\u0308fung_1.png', '100%.png', 'plain.png']);
    expect(names(store, project, { search: 'PRÜF' })).toEqual(['Pru\u0308fung_1.png']);
    expect(names(store, project, { search: '%' })).toEqual(['100%.png']);
    expect(names(store, project, { search: '_' })).toEqual(['Pru\u0308fung_1.png']);
    expect(names(store, project, { search: `'` })).toEqual([]);
  });
});

test('reads all images or the labelled ones in order, while others write', () => {
  const store = temporaryStore();
  const { id: project, classes } = addProject(store, ['x']);
  const ids = addImages(
    store,
    project,
    Array.from({ length: 2100 }, (_, index) => `${index}.png`),
  );
  const last = ids.slice(-3).map((image) => ({ image, classes: classes.map(({ id }) => id) }));
  store.labels.set(project, last);
  let index = 0;
  for (const { id, name } of store.images.all(project)) {
    expect([id, name]).toEqual([ids[index], `${index}.png`]);
    if (index++ % 500 === 0) store.images.setTest(project, [id], true);
  }
  expect(index).toBe(2100);
  const labelled = [...store.images.all(project, 'labelled')];
  expect(labelled.map(({ name }) => name)).toEqual(['2097.png', '2098.png', '2099.png']);
  expect([...store.images.all(99)]).toEqual([]);
});

test('an image that moved keeps its labels and is found by its new name', () => {
  const store = temporaryStore();
  const { id: project, classes } = addProject(store, ['x']);
  const [id = 0] = addImages(store, project, ['a.png']);
  store.labels.set(project, [{ image: id, classes: [classes[0]?.id ?? 0] }]);
  const place = { folder: '/moved', name: 'Sub/b.png', modified: 5 };
  store.images.relocate([{ id, ...place }]);
  expect(store.images.get(id)).toMatchObject({
    ...place,
    path: join('/moved', 'Sub', 'b.png'),
    isLabelled: true,
  });
  expect(names(store, project, { search: 'sub/b' })).toEqual(['Sub/b.png']);
  expect(() => {
    store.images.relocate([{ id: 99, ...place }]);
  }).toThrow(/does not exist/);
});

test('removes images of this project only, and never reuses an id', () => {
  const store = temporaryStore();
  const { id: project } = addProject(store);
  const other = addProject(store).id;
  const [a = 0, b = 0] = addImages(store, project, ['a', 'b']);
  const [foreign = 0] = addImages(store, other, ['a']);
  store.images.setTest(project, [foreign], true);
  store.images.remove(project, [b, foreign, 99]);
  expect(names(store, project, {})).toEqual(['a']);
  expect(store.images.get(foreign).isTest).toBe(false);
  expect(addImages(store, project, ['b'])).toEqual([4]);
  store.images.remove(project, [a]);
  expect(() => store.images.get(a)).toThrow(/does not exist/);
});
