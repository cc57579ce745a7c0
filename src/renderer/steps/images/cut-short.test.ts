import { expect, test } from 'vitest';
import { restOf } from './cut-short.ts';

const report = {
  project: 1,
  folder: '/scans',
  found: 10,
  added: 4,
  known: 2,
  moved: 0,
  copies: 0,
  masks: 0,
  masksLeftOut: 0,
  lost: 0,
  cancelled: true,
};
const skipped = [{ path: '/scans/a.png', reason: 'is empty' }];

test('counts the files that an interrupted import left out', () => {
  const all = { folder: '/scans', found: 10, added: 4, known: 2, copies: 0 };
  expect(restOf({ ...report, skipped })).toEqual({ ...all, rest: 3 });
  expect(restOf({ ...report, skipped, cancelled: false })).toBeNull();
  expect(restOf({ ...report, skipped, added: 7 })).toBeNull();
  const lost = { ...report, skipped, cancelled: false, lost: 3 };
  expect(restOf(lost)).toEqual({ ...all, rest: 3 });
  expect(restOf(undefined)).toBeNull();
});
