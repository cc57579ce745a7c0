import { expect, test } from 'vitest';
import { engineMethods } from '../contract/app.ts';
import type { EngineMethod } from '../contract/app.ts';
import { SavePlaces } from './save-places.ts';

test('the page may write only to paths that the user chose', () => {
  const places = new SavePlaces();
  const request = { project: 1, filter: {}, file: '/home/me/report.csv' };
  expect(places.allows('image.saveFiles', request)).toBe(false);
  expect(places.note(null)).toBeNull();
  expect(places.note('/home/me/report.csv')).toBe('/home/me/report.csv');
  expect(places.allows('image.saveFiles', request)).toBe(true);
  expect(places.allows('run.export', { run: 1, format: 'int8', file: '/home/me/.bashrc' })).toBe(
    false,
  );
  expect(
    places.allows('run.export', { run: 1, format: 'int8', file: '/home/me/report.csv/x' }),
  ).toBe(false);
  expect(places.allows('labels.export', { project: 1, folder: '/home/me' })).toBe(false);
  expect(places.allows('labels.export', {})).toBe(false);
  expect(places.allows('project.list', null)).toBe(true);
});

test('every method with a path to write to is in the table', () => {
  // Names of path parameters; all other methods only read from their paths.
  const read: readonly EngineMethod[] = [
    ...(['image.look', 'image.lookMasks', 'image.import', 'image.stopWatching'] as const),
    ...(['image.resumeWatching', 'image.previewMasks', 'teacher.add', 'catalogue.bring'] as const),
  ];
  const places = new SavePlaces();
  const writing = (Object.keys(engineMethods) as EngineMethod[]).filter((method) => {
    const { params } = engineMethods[method];
    const shape = 'shape' in params ? Object.keys(params.shape) : [];
    return shape.some((name) => name === 'file' || name === 'folder') && !read.includes(method);
  });
  expect(writing).toContain('image.saveFiles');
  for (const method of writing) {
    expect([method, places.allows(method, { file: '/x', folder: '/x' })]).toEqual([method, false]);
  }
});

test('only the latest paths are remembered', () => {
  const places = new SavePlaces();
  for (let number = 0; number < 200; number++) places.note(`/x/${number}`);
  const allows = (file: string): boolean => places.allows('image.saveFiles', { file });
  expect([allows('/x/0'), allows('/x/99'), allows('/x/100'), allows('/x/199')]).toEqual([
    false,
    false,
    true,
    true,
  ]);
});
