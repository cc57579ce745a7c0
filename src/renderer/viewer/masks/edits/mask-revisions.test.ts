import { expect, test } from 'vitest';
import { MaskRevisions } from './mask-revisions.ts';

test('a mask is stale after a save between which others changed it, until it is read', () => {
  const revisions = new MaskRevisions();
  expect(revisions.read(1, 4)).toBe(false);
  revisions.saved(1, 5);
  revisions.saved(1, 6);
  expect(revisions.stale.size).toBe(0);
  revisions.saved(1, 8);
  expect([...revisions.stale]).toEqual([1]);
  expect(revisions.read(1, 8)).toBe(false);
  expect(revisions.stale.size).toBe(0);
});

test('a mask counts as changed elsewhere if its revision is not the one last read or saved', () => {
  const revisions = new MaskRevisions();
  revisions.read(1, 0);
  revisions.saved(1, 1);
  expect(revisions.read(2, 7)).toBe(false);
  expect(revisions.read(1, 2)).toBe(true);
  expect(revisions.read(1, 2)).toBe(false);
});

test('revisions from before a restart of the engine are ignored', () => {
  const revisions = new MaskRevisions();
  revisions.read(1, 3);
  revisions.forget();
  revisions.saved(1, 5);
  expect(revisions.stale.size).toBe(0);
});
