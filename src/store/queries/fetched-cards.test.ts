import { expect, test } from 'vitest';
import { temporaryStore } from '../testing/temporary-store.ts';

test('facts about a card’s file are kept as long as it is unchanged', () => {
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
