import { expect, test } from 'vitest';
import { temporaryStore } from '../testing/temporary-store.ts';

test('what was known of a card’s file is kept as long as it is that file', () => {
  const { fetched } = temporaryStore();
  const unsure = { card: 'dinov2-small', sha256: 'a'.repeat(64), isVerified: false };
  const sure = { ...unsure, isVerified: true };
  fetched.save(unsure);
  expect(fetched.list()).toEqual([unsure]);
  fetched.save(sure);
  fetched.save(unsure);
  expect(fetched.list()).toEqual([sure]);
  const other = { ...unsure, sha256: 'b'.repeat(64) };
  fetched.save(other);
  expect(fetched.list()).toEqual([other]);
  fetched.remove('uni');
  fetched.remove('dinov2-small');
  expect(fetched.list()).toEqual([]);
});
