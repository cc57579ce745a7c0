import { expect, test } from 'vitest';
import { tilePixels } from '../../core/mask/tiles.ts';
import { addImages, addProject } from '../testing/fixtures.ts';
import { temporaryStore } from '../testing/temporary-store.ts';

const colour = '#009e73';

test('a class is added last, renamed and recoloured', () => {
  const store = temporaryStore();
  const { id: project } = addProject(store, ['x', 'y']);
  const added = store.classes.add(project, { name: 'a', colour });
  expect(store.classes.list(project).map(({ name }) => name)).toEqual(['x', 'y', 'a']);
  expect(store.classes.rename(added, 'b')).toBe(project);
  expect(store.classes.recolour(added, '#cc79a7')).toBe(project);
  expect(store.classes.list(project).at(-1)).toEqual({
    id: added,
    maskValue: 3,
    name: 'b',
    colour: '#cc79a7',
  });
});

test('a name is unique within a project', () => {
  const store = temporaryStore();
  const { id: project, classes } = addProject(store, ['x', 'y']);
  const other = addProject(store);
  const taken = expect.objectContaining({ code: 'invalid-option' }) as Error;
  expect(() => store.classes.add(project, { name: 'x', colour })).toThrow(taken);
  expect(() => store.classes.rename(classes[0]?.id ?? 0, 'y')).toThrow(taken);
  expect(store.classes.rename(classes[0]?.id ?? 0, 'x')).toBe(project);
  store.classes.add(other.id, { name: 'x', colour });
});

test.each(['background', 'Ignore', ' _BACKGROUND_ '])(
  'refuses %j as a class name in segmentation, because it means no class in mask files',
  (name) => {
    const store = temporaryStore();
    const refused = expect.objectContaining({
      code: 'invalid-option',
      message: expect.stringMatching(
        /cannot be the name of a class of masks.*another name\.$/,
      ) as string,
    }) as Error;
    expect(() => addProject(store, [name], 'segmentation')).toThrow(refused);
    const { id, classes } = addProject(store, ['x'], 'segmentation');
    expect(() => store.classes.add(id, { name, colour })).toThrow(refused);
    expect(() => store.classes.rename(classes[0]?.id ?? 0, name)).toThrow(refused);
    store.classes.add(addProject(store, []).id, { name, colour });
  },
);

test('masks hold 254 classes, and no segmentation project has more', () => {
  const store = temporaryStore();
  const names = Array.from({ length: 255 }, (_, at) => `class ${at}`);
  const refused = expect.objectContaining({
    message:
      'The project has 254 classes, and masks cannot hold more. Remove one that is not needed first.',
  }) as Error;
  expect(() => addProject(store, names, 'segmentation')).toThrow(refused);
  const { id, classes } = addProject(store, names.slice(1), 'segmentation');
  expect(classes.at(-1)?.maskValue).toBe(254);
  expect(() => store.classes.add(id, { name: 'more', colour })).toThrow(refused);
  expect(addProject(store, names).classes.at(-1)?.maskValue).toBeNull();
});

test('a project whose classes do not fit masks cannot become a segmentation project', () => {
  const store = temporaryStore();
  const task = 'segmentation';
  const reserved = addProject(store, ['x', 'Ignore']);
  expect(() => store.projects.update(reserved.id, { task })).toThrow(
    /Rename or remove it first\.$/,
  );
  const many = addProject(
    store,
    Array.from({ length: 255 }, (_, at) => `class ${at}`),
  );
  expect(() => store.projects.update(many.id, { task })).toThrow(/the class “class 254”/);
  store.classes.remove(many.classes.at(-1)?.id ?? 0);
  expect(store.projects.update(many.id, { task }).task).toBe(task);
});

test('labels are removed with their class, and images without another become unlabelled', () => {
  const store = temporaryStore();
  const { id: project, classes } = addProject(store, ['x', 'y']);
  const [x = 0, y = 0] = classes.map(({ id }) => id);
  const [both = 0, only = 0, none = 0] = addImages(store, project, ['both', 'only', 'none']);
  store.labels.set(project, [
    { image: both, classes: [x, y] },
    { image: only, classes: [x] },
    { image: none, classes: [] },
  ]);
  expect(store.classes.remove(x)).toBe(project);
  expect(store.images.get(both)).toMatchObject({ isLabelled: true, classes: [y] });
  expect(store.images.get(only)).toMatchObject({ isLabelled: false, classes: [] });
  expect(store.images.get(none)).toMatchObject({ isLabelled: true, classes: [] });
});

test("counts the user's masks that show a class, done or not", () => {
  const store = temporaryStore();
  const { id: project, classes } = addProject(store, ['x', 'y'], 'segmentation');
  const [x = 0, y = 0] = classes.map(({ id }) => id);
  const [first = 0, second = 0] = addImages(store, project, ['a', 'b']);
  const filled = (value: number): Uint8Array => new Uint8Array(tilePixels).fill(value, 0, 9);
  store.masks.save(first, 'human', [
    { x: 0, y: 0, pixels: filled(1) },
    { x: 1, y: 0, pixels: filled(1) },
  ]);
  store.masks.save(second, 'human', [{ x: 0, y: 0, pixels: filled(1) }]);
  store.masks.setState(second, 'human', 'done');
  store.masks.save(first, 'student', [{ x: 0, y: 0, pixels: filled(2) }]);
  expect([store.classes.masksWith(x), store.classes.masksWith(y)]).toEqual([2, 0]);
});

test('rejects missing classes and projects', () => {
  const store = temporaryStore();
  const missing = expect.objectContaining({ code: 'not-found' }) as Error;
  expect(() => store.classes.add(7, { name: 'x', colour })).toThrow(missing);
  expect(() => store.classes.rename(7, 'x')).toThrow(missing);
  expect(() => store.classes.recolour(7, colour)).toThrow(missing);
  expect(() => store.classes.remove(7)).toThrow(missing);
  expect(() => store.classes.masksWith(7)).toThrow(missing);
});
