import { expect, it } from 'vitest';
import { addProject, newTeacher, settings } from '../../../store/testing/fixtures.ts';
import { temporaryStore } from '../../../store/testing/temporary-store.ts';
import { optionsOf } from './run-options.ts';

it.each(['float32', 'float16'] as const)('runs with the precision %s', (precision) => {
  const store = temporaryStore();
  const run = { project: addProject(store).id, settings: { ...settings, precision } };
  expect(optionsOf(run, store, newTeacher(), '/out', false)).toMatchObject({ precision });
});
