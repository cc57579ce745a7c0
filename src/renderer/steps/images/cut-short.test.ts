import { expect, test } from 'vitest';
import { restOf } from './cut-short.ts';

const report = {
  project: 1,
  folder: '/scans',
  found: 10,
  added: 4,
  known: 2,
  moved: 0,
  masks: 0,
  masksLeftOut: 0,
  lost: 0,
  cancelled: true,
};
const skipped = [{ path: '/scans/a.png', reason: 'is empty' }];

test('what an import that was cut short left behind', () => {
  expect(restOf({ ...report, skipped })).toEqual({ folder: '/scans', rest: 3, found: 10 });
  expect(restOf({ ...report, skipped, cancelled: false })).toBeNull();
  expect(restOf({ ...report, skipped, added: 7 })).toBeNull();
  const lost = { ...report, skipped, cancelled: false, lost: 3 };
  expect(restOf(lost)).toEqual({ folder: '/scans', rest: 3, found: 10 });
  expect(restOf(undefined)).toBeNull();
});
