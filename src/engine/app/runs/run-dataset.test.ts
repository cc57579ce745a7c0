import fc from 'fast-check';
import { expect, test } from 'vitest';
import { addProject, newImage } from '../../../store/testing/fixtures.ts';
import { temporaryStore } from '../../../store/testing/temporary-store.ts';
import { projectDataset } from './run-dataset.ts';

const image = fc.record({
  label: fc.option(fc.constantFrom(0, 1, 2)),
  group: fc.option(fc.constantFrom('p', 'q', 'r', 's'), { nil: undefined }),
  isTest: fc.boolean(),
});

test('a project counts the images that its runs would use for training and testing', () => {
  const store = temporaryStore();
  let compared = 0;
  const cases = fc.tuple(fc.array(image, { minLength: 4, maxLength: 40 }), fc.boolean());
  fc.assert(
    fc.property(cases, ([images, isMarked]) => {
      const { id, classes } = addProject(store, ['x', 'y', 'z'], 'single');
      const rows = images.map(({ group, isTest }, index) =>
        newImage(`${index}.png`, { group, isTest: isTest && isMarked }),
      );
      const changes = store.images.add(id, rows).map((added, index) => {
        const label = images[index]?.label ?? null;
        return { image: added.id, classes: label === null ? null : [classes[label]?.id ?? 0] };
      });
      store.labels.set(id, changes);
      const project = store.projects.get(id);
      const learnt = project.classes.filter((one) => one.learnt > 0);
      const tested = learnt.reduce((sum, one) => sum + one.tested, 0);
      const start = () => projectDataset(store, project).dataset;
      if (learnt.length < 2 || tested === 0) {
        expect(start).toThrow(expect.objectContaining({ code: 'invalid-labels' }) as Error);
        return;
      }
      compared++;
      const dataset = start();
      expect(dataset.classes).toEqual(learnt.map(({ name }) => name));
      expect(dataset.tested).toHaveLength(tested);
      const labelled = dataset.distilled.filter(({ isLabelled }) => isLabelled);
      expect(labelled).toHaveLength(project.learnt);
      for (const { name, learnt: count } of learnt) {
        expect(labelled.filter(({ labels }) => labels.includes(name))).toHaveLength(count);
      }
    }),
    { numRuns: 60 },
  );
  expect(compared).toBeGreaterThan(20);
});

test('the error states if all labelled images are test images', () => {
  const store = temporaryStore();
  const { id, classes } = addProject(store, ['x', 'y'], 'single');
  const images = store.images.add(id, [newImage('a.png'), newImage('b.png')]);
  const given = images.map((image, at) => ({ image: image.id, classes: [classes[at]?.id ?? 0] }));
  store.labels.set(id, given);
  store.imageUses.set(
    id,
    images.map((image) => ({ image: image.id, use: 'test' })),
  );
  expect(() => projectDataset(store, store.projects.get(id))).toThrow(
    /All labelled images of Lungs are test images/,
  );
});

test('a class with only test images is neither trained nor measured, unlike the others', () => {
  const store = temporaryStore();
  const { id, classes } = addProject(store, ['x', 'y', 'z'], 'single');
  const names = Array.from({ length: 15 }, (_, at) => newImage(`${at}.png`));
  const images = store.images.add(id, names).map((image) => image.id);
  const classAt = (at: number): number => classes[at % 3]?.id ?? 0;
  store.labels.set(
    id,
    images.map((image, at) => ({ image, classes: [classAt(at)] })),
  );
  const test = images.filter((_, at) => at % 3 === 2 || at < 2);
  store.imageUses.set(
    id,
    test.map((image) => ({ image, use: 'test' })),
  );
  const { dataset, testSet } = projectDataset(store, store.projects.get(id));
  expect(dataset.classes).toEqual(['x', 'y']);
  expect(dataset.tested).toHaveLength(2);
  expect(testSet.members).toHaveLength(2);
});
