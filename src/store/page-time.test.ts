import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import type { ImageFilter } from '../contract/app.ts';
import { openStore } from './store.ts';
import { addProject, newImage } from './testing/fixtures.ts';
import { temporaryFolder } from './testing/temporary-store.ts';

const count = 50_000;
const pageSize = 100;

/** Prints the median of five runs in milliseconds: times on a shared machine cannot be asserted. */
function timed<T>(what: string, action: () => T): T {
  const result = action();
  const times = Array.from({ length: 5 }, () => {
    const start = performance.now();
    action();
    return performance.now() - start;
  }).sort((one, other) => one - other);
  console.info(`${what.padEnd(40)} ${times[2]?.toFixed(1) ?? ''} ms`);
  return result;
}

test(`measures pages, counts and labels of ${count} images`, () => {
  const folder = temporaryFolder();
  const store = openStore(folder);
  const { id: project, classes } = addProject(store, ['x', 'y', 'z'], 'single');
  const start = performance.now();
  const ids = Array.from({ length: count / 1000 }, (_, batch) => {
    const images = Array.from({ length: 1000 }, (_image, index) => {
      const name = `patient ${batch}/series 2026-01/slice ${index}.png`;
      const change = { folder: '/home/someone/data/lungs/2026', isTest: batch % 5 === 0 };
      return newImage(name, change, createHash('sha256').update(name).digest('hex'));
    });
    return store.images.add(project, images).map(({ id }) => id);
  }).flat();
  console.info(`adding ${count} images: ${(performance.now() - start).toFixed(0)} ms`);
  const labels = ids.slice(0, count / 2).map((image) => {
    return { image, classes: [classes[image % 3]?.id ?? 0] };
  });
  store.labels.set(project, labels);
  timed('labelling 10000 images', () => store.labels.set(project, labels.slice(0, 10_000)));

  const page = (filter: Partial<ImageFilter>, offset: number): [number, number] => {
    const whole = { show: 'all', search: '', ...filter } as const;
    const { total, images } = store.images.page(project, whole, offset, pageSize);
    return [total, images.length];
  };
  const oneClass = classes[0]?.id ?? 0;
  for (const [what, filter, offset, total] of [
    ['first page of all', {}, 0, count],
    ['last page of all', {}, count - pageSize, count],
    ['labelled, last page', { show: 'labelled' }, count / 2 - pageSize, count / 2],
    ['unlabelled, last page', { show: 'unlabelled' }, count / 2 - pageSize, count / 2],
    ['held out, last page', { show: 'test' }, count / 5 - pageSize, count / 5],
    ['a class, last page', { show: oneClass }, 8200, 8333],
    ['search that finds 50', { search: 'SLICE 999' }, 0, 50],
    ['search that finds all, last page', { search: 'slice' }, count - pageSize, count],
    ['search in a class', { show: oneClass, search: 'patient 1' }, 0, 3666],
  ] as const) {
    const [found, shown] = timed(what, () => page(filter, offset));
    expect([what, found]).toEqual([what, total]);
    expect(shown).toBe(Math.min(pageSize, total - offset));
  }
  expect(timed('project with counts', () => store.projects.get(project)).images).toBe(count);
  store.images.setTest(project, ids, false);
  store.labels.set(
    project,
    ids.map((image) => ({ image, classes: [oneClass] })),
  );
  const whole = timed('project, all labelled, a fifth held out', () => store.projects.get(project));
  expect(whole).toMatchObject({ learnt: 0.8 * count, tested: 0.2 * count });
  const all = timed('all images to train on', () => [...store.images.all(project)]);
  expect(all).toHaveLength(count);
  const grouping = ids.slice(0, 10_000).map((image) => ({ image, group: 'trial 7' }));
  const grouped = timed('grouping 10000 images', () => store.imageUses.set(project, grouping));
  expect(grouped.followed).toBe(0);
  store.close();
  timed('opening with the check', () => {
    openStore(folder).close();
  });
  const again = openStore(folder);
  const removal = performance.now();
  again.projects.remove(project);
  console.info(`removing the project: ${(performance.now() - removal).toFixed(0)} ms`);
  again.close();
});
