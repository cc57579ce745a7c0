import { join } from 'node:path';
import { deflateRawSync } from 'node:zlib';
import Database from 'better-sqlite3';
import { expect, test } from 'vitest';
import { encodeRuns } from '../../core/mask/run-length.ts';
import { tilePixels } from '../../core/mask/tiles.ts';
import { databaseName, type Store } from '../store.ts';
import { addImages, addProject, newImage, newTeacher, settings } from '../testing/fixtures.ts';
import { temporaryStore } from '../testing/temporary-store.ts';

const filled = (value: number, from = 0, to = tilePixels): Uint8Array =>
  new Uint8Array(tilePixels).fill(value, from, to);

/** Size of an image of 5 × 5 tiles. */
const addLargeImages = (store: Store, project: number, names: readonly string[]): number[] => {
  const images = names.map((name) => newImage(name, { width: 2500, height: 2500 }));
  return store.images.add(project, images).map(({ id }) => id);
};

test('a mask has the last saved content of each tile', () => {
  const store = temporaryStore();
  const { id: project } = addProject(store, ['x', 'y']);
  const [image = 0, other = 0] = addLargeImages(store, project, ['a', 'b']);
  expect(store.masks.list(image)).toEqual([]);
  store.masks.save(image, 'human', [
    { x: 0, y: 0, pixels: filled(1, 5, 15) },
    { x: 3, y: 1, pixels: filled(2) },
  ]);
  const saved = store.masks.save(image, 'human', [
    { x: 3, y: 1, pixels: null },
    { x: 1, y: 0, pixels: filled(255, 0, 3) },
    { x: 2, y: 0, pixels: filled(0) },
  ]);
  expect(saved).toMatchObject({
    layer: 'human',
    state: 'draft',
    revision: 2,
    tiles: [
      { x: 0, y: 0 },
      { x: 1, y: 0 },
    ],
    histogram: [
      { value: 1, pixels: 10 },
      { value: 255, pixels: 3 },
    ],
  });
  expect(store.masks.list(image)).toEqual([saved]);
  const places = [
    { x: 3, y: 1 },
    { x: 0, y: 0 },
  ];
  const tiles = store.masks.tiles(image, 'human', places);
  expect(tiles).toEqual([{ x: 0, y: 0, pixels: filled(1, 5, 15) }]);
  expect(store.masks.tiles(image, 'student', places)).toEqual([]);
  expect(store.masks.list(other)).toEqual([]);
});

test('counts states by project', () => {
  const store = temporaryStore();
  const { id: project } = addProject(store, ['x']);
  const [a = 0, b = 0, c = 0] = addImages(store, project, ['a', 'b', 'c']);
  store.masks.setState(a, 'human', 'done');
  store.masks.save(b, 'human', [{ x: 0, y: 0, pixels: filled(1) }]);
  store.masks.save(c, 'teacher', [{ x: 0, y: 0, pixels: filled(1) }]);
  expect(store.masks.count(project, 'human')).toEqual({ draft: 1, done: 1 });
  store.masks.setState(a, 'human', 'draft');
  store.masks.remove(b, 'human');
  expect(store.masks.count(project, 'human')).toEqual({ draft: 1, done: 0 });
});

test('a class’s pixels are removed with it, and its value can be reused', () => {
  const store = temporaryStore();
  const { id: project, classes } = addProject(store, ['x', 'y']);
  const other = addProject(store, ['x']);
  const [image = 0] = addImages(store, project, ['a']);
  const [foreign = 0] = addImages(store, other.id, ['b']);
  const both = filled(2);
  both.fill(1, 0, 7);
  store.masks.save(image, 'human', [{ x: 0, y: 0, pixels: both }]);
  store.masks.save(image, 'student', [{ x: 1, y: 0, pixels: filled(1, 0, 9) }]);
  store.masks.save(foreign, 'human', [{ x: 0, y: 0, pixels: filled(1) }]);
  store.classes.remove(classes[0]?.id ?? 0);
  expect(store.masks.get(image, 'human')).toMatchObject({
    revision: 2,
    histogram: [{ value: 2, pixels: tilePixels - 7 }],
  });
  expect(store.masks.get(image, 'student')).toMatchObject({ tiles: [], histogram: [] });
  expect(store.masks.get(foreign, 'human')?.histogram).toEqual([{ value: 1, pixels: tilePixels }]);
  store.classes.add(project, { name: 'z', colour: '#0072b2' });
  expect(store.classes.list(project)).toMatchObject([
    { name: 'y', maskValue: 2 },
    { name: 'z', maskValue: 1 },
  ]);
});

test('classes after the 254th have no value in masks', () => {
  const store = temporaryStore();
  const names = Array.from({ length: 256 }, (_, index) => `class ${index + 1}`);
  const { id } = addProject(store, names);
  const values = store.classes.list(id).map(({ maskValue }) => maskValue);
  expect(values.slice(252)).toEqual([253, 254, null, null]);
});

test('masks are removed with their image', () => {
  const store = temporaryStore();
  const { id: project } = addProject(store, ['x']);
  const [image = 0] = addImages(store, project, ['a']);
  store.masks.save(image, 'human', [{ x: 0, y: 0, pixels: filled(1) }]);
  store.images.remove(project, [image]);
  expect(store.masks.count(project, 'human')).toEqual({ draft: 0, done: 0 });
  expect(store.masks.get(image, 'human')).toBeUndefined();
});

test('a staged mask belongs to no image until it replaces another as a whole', () => {
  const store = temporaryStore();
  const { id: project } = addProject(store, ['x', 'y']);
  const [image = 0, other = 0] = addLargeImages(store, project, ['a', 'b']);
  const before = store.masks.save(image, 'human', [{ x: 4, y: 4, pixels: filled(2) }]);
  const [staged, second] = [store.masks.stage(), store.masks.stage()];
  staged.put([{ x: 0, y: 0, pixels: filled(1, 0, 9) }]);
  second.put([{ x: 0, y: 0, pixels: filled(2) }]);
  staged.put([
    { x: 1, y: 0, pixels: filled(0) },
    { x: 2, y: 0, pixels: filled(255, 0, 1) },
  ]);
  expect(store.masks.get(image, 'human')).toEqual(before);
  expect(() => store.masks.replace(-1, 'human', 'done', staged)).toThrow(/image was removed/);
  expect(store.masks.replace(image, 'human', 'done', staged)).toMatchObject({
    state: 'done',
    tiles: [
      { x: 0, y: 0 },
      { x: 2, y: 0 },
    ],
    histogram: [
      { value: 1, pixels: 9 },
      { value: 255, pixels: 1 },
    ],
  });
  expect(store.masks.get(image, 'human')?.revision).toBeGreaterThan(before.revision);
  expect(store.masks.count(project, 'human')).toEqual({ draft: 0, done: 1 });
  staged.drop();
  expect(store.masks.replace(other, 'human', 'draft', staged).tiles).toEqual([]);
  expect(store.masks.replace(other, 'human', 'draft', second).tiles).toEqual([{ x: 0, y: 0 }]);
});

/** Replaces the bytes of the only stored tile. */
function replaceTile(folder: string, bytes: Uint8Array): void {
  const database = new Database(join(folder, databaseName));
  database.prepare('UPDATE mask_tiles SET pixels = ?').run(bytes);
  database.close();
}

test('tiles compressed in the former format can be read and changed', () => {
  const store = temporaryStore();
  const { id: project, classes } = addProject(store, ['x', 'y']);
  const [image = 0] = addImages(store, project, ['a']);
  const place = { x: 0, y: 0 };
  const pixels = Uint8Array.from({ length: tilePixels }, (_, at) => (at * 7919) % 3);
  const isThere = (wanted: Uint8Array): boolean => {
    const [tile] = store.masks.tiles(image, 'human', [place]);
    return tile !== undefined && Buffer.compare(tile.pixels, wanted) === 0;
  };
  store.masks.save(image, 'human', [{ ...place, runs: encodeRuns(pixels) }]);
  expect(isThere(pixels)).toBe(true);
  for (const level of [0, 1, 9]) {
    replaceTile(store.folder, deflateRawSync(pixels, { level }));
    expect(isThere(pixels)).toBe(true);
  }
  store.classes.remove(classes[0]?.id ?? 0);
  expect(isThere(pixels.map((value) => (value === 1 ? 0 : value)))).toBe(true);
});

test('a damaged tile is reported', () => {
  const store = temporaryStore();
  const { id: project } = addProject(store, ['x']);
  const [image = 0] = addImages(store, project, ['a']);
  const place = { x: 0, y: 0 };
  store.masks.save(image, 'human', [{ ...place, pixels: filled(1) }]);
  const short = deflateRawSync(encodeRuns(filled(1).subarray(1)));
  const bomb = deflateRawSync(new Uint8Array(3 * tilePixels));
  for (const bytes of [short, bomb, Uint8Array.of(1, 2, 3)]) {
    replaceTile(store.folder, Buffer.concat([Uint8Array.of(0xff), bytes]));
    expect(() => store.masks.tiles(image, 'human', [place])).toThrow(
      expect.objectContaining({ code: 'invalid-file' }) as Error,
    );
  }
});

test('each run has masks of its own, which are removed with it; the latest is used without a run', () => {
  const store = temporaryStore();
  const { id: project, classes } = addProject(store, ['x', 'y']);
  const [image = 0, other = 0] = addImages(store, project, ['a', 'b']);
  const teacher = store.teachers.upsert(newTeacher()).id;
  const runs = [1, 2].map(() => store.runs.create({ project, teacher, settings }).id);
  const place = { x: 0, y: 0 };
  for (const [at, run] of runs.entries()) {
    const staged = store.masks.stage();
    staged.put([{ ...place, pixels: filled(at + 1) }]);
    const layer = at === 0 ? 'copy' : 'student';
    store.masks.replacePredicted(image, layer, run, staged);
    expect(store.masks.replacePredicted(image, 'teacher', run, staged)).toMatchObject({ run });
    staged.drop();
  }
  const [first = 0, second = 0] = runs;
  const valueOf = (run: number | null): number | undefined =>
    store.masks.tiles(image, 'teacher', [place], run)[0]?.pixels[0];
  expect([first, second, null].map(valueOf)).toEqual([1, 2, 2]);
  store.masks.setState(image, 'human', 'draft');
  const layersOf = (run: number | null): (string | number | null)[][] =>
    store.masks.list(image, run).map((info) => [info.layer, info.run]);
  expect(layersOf(first)).toEqual([
    ['human', null],
    ['teacher', first],
    ['copy', first],
  ]);
  expect(layersOf(null)).toEqual([
    ['human', null],
    ['teacher', second],
    ['copy', first],
    ['student', second],
  ]);
  expect(store.masks.predicted(second, 'student')).toEqual(new Set([image]));
  const counts = { images: 2, predicted: 1 };
  expect(store.masks.predictionCounts(project, second)).toEqual({
    all: counts,
    unlabelled: counts,
  });
  expect(store.masks.predictionCounts(project, first).all.predicted).toBe(0);
  expect(store.masks.list(other)).toEqual([]);
  store.classes.remove(classes[1]?.id ?? 0);
  expect(valueOf(second)).toBeUndefined();
  store.runs.remove(second);
  expect(layersOf(null)).toEqual(layersOf(first));
});

test('lists test images by Dice, the worst first', () => {
  const store = temporaryStore();
  const { id: project } = addProject(store, ['x']);
  const [a = 0, b = 0, c = 0] = addImages(store, project, ['a', 'b', 'c']);
  const teacher = store.teachers.upsert(newTeacher()).id;
  const { id } = store.runs.create({ project, teacher, settings });
  const dice = (image: number, student: number | null) => ({
    image,
    teacher: 1,
    copy: 0.5,
    student,
  });
  store.records.replaceMasks(id, [dice(a, null), dice(b, 0.75), dice(c, 0.25), dice(999, 0)]);
  const filter = { show: 'all', search: '', worstOf: id } as const;
  const listed = store.images.page(project, filter, 0, 9).images.map(({ name }) => name);
  expect(listed.slice(0, 3)).toEqual(store.records.masks(id).map(({ name }) => name));
  const second = store.images.page(project, filter, 1, 1).images.map(({ name }) => name);
  expect(second).toEqual(listed.slice(1, 2));
  expect(store.records.masks(id).map(({ name, student }) => [name, student])).toEqual([
    ['c', 0.25],
    ['b', 0.75],
    ['a', null],
  ]);
  store.images.remove(project, [c]);
  expect(store.records.masks(id)).toHaveLength(2);
});

test('a tile outside its image is reported as damage, both when listing and when reading tiles', () => {
  const store = temporaryStore();
  const { id: project } = addProject(store, ['x']);
  const [image = 0] = addImages(store, project, ['a']);
  store.masks.save(image, 'human', [{ x: 0, y: 0, pixels: filled(1) }]);
  const database = new Database(join(store.folder, databaseName));
  for (const [x, y] of [
    [1_000_000_000, 5],
    [2, 0],
    [0, 1],
  ]) {
    database.prepare('UPDATE mask_tiles SET x = ?, y = ?').run(x, y);
    expect(() => store.masks.get(image, 'human')).toThrow(/understudy\.sqlite .*is damaged/);
    expect(() => {
      store.masks.requireSound(image, 'human');
    }).toThrow(/understudy\.sqlite .*is damaged/);
  }
  database.prepare('UPDATE mask_tiles SET x = 1, y = 0').run();
  expect(store.masks.get(image, 'human')?.tiles).toEqual([{ x: 1, y: 0 }]);
  database.close();
});
