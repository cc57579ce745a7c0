import { expect, test } from 'vitest';
import type { ImportReport } from '../../contract/app.ts';
import { addProject } from '../testing/fixtures.ts';
import { temporaryStore } from '../testing/temporary-store.ts';

const report = (project: number, found: number): ImportReport => ({
  project,
  folder: '/images',
  found,
  added: 1,
  known: 0,
  moved: 0,
  copies: 0,
  masks: 0,
  masksLeftOut: 0,
  lost: 0,
  skipped: [{ path: 'a.png', reason: 'is cut off' }],
  cancelled: false,
});

test('keeps the last twenty reports of a project, the latest first', () => {
  const store = temporaryStore();
  const { id: project } = addProject(store);
  const other = addProject(store).id;
  store.imports.add(report(other, 1));
  for (let found = 1; found <= 25; found++) store.imports.add(report(project, found));
  const found = store.imports.list(project).map((item) => item.found);
  expect(found).toEqual(Array.from({ length: 20 }, (_, index) => 25 - index));
  expect(store.imports.list(other)).toMatchObject([report(other, 1)]);
});

test('refuses a report for a project that was removed', () => {
  const error = expect.objectContaining({ name: 'UserError', code: 'not-found' }) as Error;
  const { imports } = temporaryStore();
  expect(() => {
    imports.add(report(7, 1));
  }).toThrow(error);
});
