import { describe, expect, test } from 'vitest';
import type { ImageReview, ProjectImage, ProjectTask } from '../../contract/app.ts';
import type { Store } from '../store.ts';
import { addProject, newImage, newTeacher, settings } from '../testing/fixtures.ts';
import { temporaryStore } from '../testing/temporary-store.ts';
import type { ImageScore } from './review.ts';

const run = (store: Store, project: number): number => {
  const teacher = store.teachers.upsert(newTeacher()).id;
  return store.runs.create({ project, teacher, settings }).id;
};

const page = (store: Store, project: number, task: ProjectTask = 'single'): ProjectImage[] =>
  store.review.page(project, task, { search: '' }, 0, 100).images;

const reasons = (store: Store, project: number): [string, ImageReview['reason'] | undefined][] =>
  page(store, project).map(({ name, review }) => [name, review?.reason]);

/** Adds images of these names; those that begin with `test` are held out. */
function withImages(store: Store, project: number, names: readonly string[]): Map<string, number> {
  const images = names.map((name) => newImage(name, { isTest: name.startsWith('test') }));
  const ids = store.images.add(project, images).map(({ id }) => id);
  return new Map(names.map((name, index) => [name, ids[index] ?? 0]));
}

describe('the images to review next', () => {
  test('are unlabelled images first, then imported labels, each ordered by score', () => {
    const store = temporaryStore();
    const { id: project, classes } = addProject(store, ['x', 'y'], 'single');
    const [x = 0, y = 0] = classes.map(({ id }) => id);
    const ids = withImages(store, project, [
      ...['a sure', 'b unsure', 'c unsurer', 'd split', 'e new', 'test open'],
      ...['k agreed', 'l contradicted', 'm unsure', 'n reviewed', 'test known'],
    ]);
    const id = (name: string): number => ids.get(name) ?? 0;
    const labelled = ['k agreed', 'l contradicted', 'm unsure', 'n reviewed', 'test known'];
    // Labelled by an import, without review; then by the user.
    store.labels.set(
      project,
      labelled.map((name) => ({ image: id(name), classes: [x] })),
    );
    store.labels.set(project, [{ image: id('n reviewed'), classes: [x] }], true);
    const score = (
      name: string,
      uncertainty: number,
      change: Partial<ImageScore> = {},
    ): ImageScore => ({
      image: id(name),
      uncertainty,
      student: [x],
      teacher: [x],
      likeliest: [
        { class: x, probability: 1 - uncertainty / 2 },
        { class: y, probability: uncertainty / 2 },
      ],
      ...change,
    });
    store.review.replace(run(store, project), [
      score('a sure', 0.1),
      score('b unsure', 0.6),
      score('c unsurer', 0.9),
      score('d split', 0.2, { teacher: [y] }),
      score('k agreed', 0.1),
      score('l contradicted', 0.3, { student: [y], teacher: [y] }),
      score('m unsure', 0.7),
      score('n reviewed', 1),
    ]);
    expect(reasons(store, project)).toEqual([
      ['c unsurer', 'unsure'],
      ['b unsure', 'unsure'],
      ['d split', 'teacher'],
      ['a sure', 'unlabelled'],
      ['e new', 'unlabelled'],
      ['test open', 'unlabelled'],
      ['m unsure', 'unsure'],
      ['l contradicted', 'label'],
      ['k agreed', 'unreviewed'],
      ['test known', 'unreviewed'],
    ]);
    expect(page(store, project)[0]?.review).toEqual({
      reason: 'unsure',
      student: [x],
      teacher: [x],
      likeliest: [
        { class: x, probability: 0.55 },
        { class: y, probability: 0.45 },
      ],
    });
    // Pages have the same order.
    const parts = [0, 4, 8].flatMap(
      (offset) => store.review.page(project, 'single', { search: '' }, offset, 4).images,
    );
    expect(parts).toEqual(page(store, project));
    expect(store.review.page(project, 'single', { search: 'UNSURE' }, 0, 9).total).toBe(3);
  });

  test('are ranked by the latest student, without removed runs and images', () => {
    const store = temporaryStore();
    const { id: project, classes } = addProject(store, ['x', 'y'], 'single');
    const x = classes[0]?.id ?? 0;
    const image = withImages(store, project, ['a']).get('a') ?? 0;
    const score = { image, likeliest: [], student: [x], teacher: null };
    const [first, second] = [run(store, project), run(store, project)];
    store.review.replace(first, [{ ...score, uncertainty: 0.9 }]);
    expect(store.review.latest(project)).toBe(first);
    store.review.replace(second, [{ ...score, uncertainty: 0 }]);
    expect(reasons(store, project)).toEqual([['a', 'unlabelled']]);
    store.runs.remove(second);
    expect(reasons(store, project)).toEqual([['a', 'unsure']]);
    store.images.remove(project, [image]);
    expect(store.review.latest(project)).toBeUndefined();
    // Nothing is stored for an image that was removed before the scores arrived.
    store.review.replace(first, [{ ...score, uncertainty: 1 }]);
    expect(store.review.latest(project)).toBeUndefined();
  });
});

test('exclude a label that the user confirmed, unless that is undone', () => {
  const store = temporaryStore();
  const { id: project, classes } = addProject(store, ['x', 'y'], 'single');
  const image = withImages(store, project, ['a']).get('a') ?? 0;
  const given = [classes[0]?.id ?? 0];
  store.labels.set(project, [{ image, classes: given }]);
  expect(reasons(store, project)).toEqual([['a', 'unreviewed']]);
  const undo = store.labels.set(project, [{ image, classes: given }], true);
  expect(reasons(store, project)).toEqual([]);
  expect(undo).toEqual([{ image, classes: given, isReviewed: false }]);
  const redo = store.labels.set(project, undo, true);
  expect(reasons(store, project)).toEqual([['a', 'unreviewed']]);
  store.labels.set(project, redo, true);
  expect(reasons(store, project)).toEqual([]);
});

test('are those without a mask, then drafts, then done ones in segmentation projects', () => {
  const store = temporaryStore();
  const { id: project, classes } = addProject(store, ['x'], 'segmentation');
  const ids = withImages(store, project, ['a', 'b', 'c']);
  const [a = 0, b = 0] = ids.values();
  store.masks.setState(a, 'human', 'done');
  store.masks.setState(b, 'human', 'draft');
  const shown = page(store, project, 'segmentation').map(({ name, mask, isLabelled }) => ({
    name,
    mask,
    isLabelled,
  }));
  expect(shown).toEqual([
    { name: 'c', mask: undefined, isLabelled: false },
    { name: 'b', mask: 'draft', isLabelled: false },
    { name: 'a', mask: 'done', isLabelled: true },
  ]);
  expect(store.projects.get(project)).toMatchObject({ labelled: 1, drafts: 1 });
  const drafts = store.images.page(project, { show: 'draft', search: '' }, 0, 9).images;
  expect(drafts.map(({ name }) => name)).toEqual(['b']);
  store.masks.setState(a, 'human', 'draft');
  expect(store.projects.get(project)).toMatchObject({ labelled: 0, drafts: 2 });
  expect(() => store.labels.set(project, [{ image: a, classes: [classes[0]?.id ?? 0] }])).toThrow(
    /is for segmentation/,
  );
});

test('are not affected by masks in classification projects', () => {
  const store = temporaryStore();
  const { id: project } = addProject(store, ['x'], 'single');
  const a = withImages(store, project, ['a']).get('a') ?? 0;
  store.masks.setState(a, 'human', 'done');
  expect(store.projects.get(project)).toMatchObject({ labelled: 0 });
});
