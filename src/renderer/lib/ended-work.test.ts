import { expect, test } from 'vitest';
import { type EndedWork, noticeOf } from './ended-work.ts';

const work: EndedWork = {
  project: 7,
  kind: 'done',
  message: 'Run finished.',
  step: 'result',
  run: 3,
  open: 'Open result',
  shownAt: ['distil', 'result'],
};
const own = { label: 'Try again', run: () => undefined };

test('work of another project, or with none open, is reported with its name and a button that leads to it', () => {
  const expected = { message: 'Lungs: Run finished.', offer: 'go', isNews: true };
  // The same step of another project does not show the outcome.
  for (const step of ['labels', 'result'] as const) {
    expect(noticeOf(work, { project: 1, step }, 'Lungs')).toEqual(expected);
  }
  expect(noticeOf(work, { project: null, step: null }, 'Lungs')).toEqual(expected);
  expect(noticeOf(work, { project: null, step: null }, undefined).message).toBe(
    'Another project: Run finished.',
  );
});

test('the action of the work is offered only in its project', () => {
  const failed: EndedWork = { ...work, kind: 'loss', action: own, shownAt: [] };
  expect(noticeOf(failed, { project: 7, step: 'result' }, 'Lungs').offer).toBe('own');
  expect(noticeOf(failed, { project: 1, step: 'result' }, 'Lungs').offer).toBe('go');
});

test('in its project it is reported at other steps, and not where it is visible anyway', () => {
  const at = (step: EndedWork['step'], some = work) =>
    noticeOf(some, { project: 7, step }, 'Lungs');
  expect(at('labels')).toEqual({ message: 'Run finished.', offer: 'go', isNews: false });
  expect(at('distil')).toEqual({ message: null, offer: null, isNews: false });
  expect(at('result', { ...work, shownAt: [] })).toEqual({
    message: 'Run finished.',
    offer: null,
    isNews: false,
  });
});

test('a teacher belongs to no project: reported everywhere, with a button if there is one', () => {
  const teacher = { ...work, project: null, step: 'teacher', shownAt: undefined } as const;
  expect(noticeOf(teacher, { project: 1, step: 'images' }, undefined)).toMatchObject({
    message: 'Run finished.',
    offer: 'go',
    isNews: false,
  });
  // The step Teacher exists only within a project.
  expect(noticeOf(teacher, { project: null, step: null }, undefined).offer).toBeNull();
});
