import { readFile } from 'node:fs/promises';
import { expect, it } from 'vitest';
import { nativeMemory, withNativeMemory } from './native-memory.ts';

it("keeps the user's setting", () => {
  expect(withNativeMemory({ A: '1' })).toEqual({ A: '1', ...nativeMemory });
  const chosen = { MALLOC_MMAP_THRESHOLD_: '4096' };
  expect(withNativeMemory(chosen)).toEqual(chosen);
});

it('matches the environment that the command line sets', async () => {
  const launcher = await readFile(new URL('../../bin/understudy.mjs', import.meta.url), 'utf8');
  const bytes = /MALLOC_MMAP_THRESHOLD_: String\(2 \*\* (\d+)\)/.exec(launcher)?.[1];
  expect(String(2 ** Number(bytes))).toBe(nativeMemory.MALLOC_MMAP_THRESHOLD_);
});
