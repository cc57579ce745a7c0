import { expect, test } from 'vitest';
import { BlockCache, cacheBytes } from './block-cache.ts';

/** A cache, and what was decoded so far. */
function counted(budget: number): {
  get: (key: string, bytes: number) => Promise<number>;
  decoded: string[];
} {
  const cache = new BlockCache(budget);
  const decoded: string[] = [];
  const get = async (key: string, bytes: number): Promise<number> => {
    const decode = (): Promise<Uint8Array<ArrayBuffer>> => {
      decoded.push(key);
      return Promise.resolve(new Uint8Array(bytes));
    };
    return (await cache.get(key, decode)).length;
  };
  return { get, decoded };
}

test('does not decode a cached block again, even while it is being decoded', async () => {
  const { get, decoded } = counted(100);
  await Promise.all([get('a', 10), get('a', 10)]);
  await get('a', 10);
  expect(decoded).toEqual(['a']);
});

test('discards the least recently used blocks', async () => {
  const { get, decoded } = counted(30);
  for (const key of ['a', 'b', 'c', 'a', 'd', 'a', 'c', 'b']) await get(key, 10);
  expect(decoded).toEqual(['a', 'b', 'c', 'd', 'b']);
});

test('keeps the newest block even if it exceeds the budget', async () => {
  const { get, decoded } = counted(30);
  for (const key of ['a', 'big', 'big', 'a']) await get(key, key === 'big' ? 1000 : 10);
  expect(decoded).toEqual(['a', 'big', 'a']);
});

test('does not keep a failure', async () => {
  const cache = new BlockCache(100);
  const failing = (): Promise<never> => Promise.reject(new Error('broken'));
  await expect(cache.get('a', failing)).rejects.toThrow('broken');
  const block = await cache.get('a', () => Promise.resolve(Uint8Array.of(1)));
  expect([...block]).toEqual([1]);
});

test.each([
  ['of a usual width is the same', 10_000, { width: 512, height: 512 }, 64],
  ['of a wide one is a row of blocks', 60_000, { width: 512, height: 512 }, 88.5],
  [
    'of a very wide one, or of one large strip, is bounded',
    900_000,
    { width: 512, height: 512 },
    256,
  ],
])('chooses the cache size for a page %s', (_, width, block, mebibytes) => {
  const bytes = cacheBytes({ width, block, samples: 3, sampleType: 'uint8' });
  expect(bytes).toBe(mebibytes * 2 ** 20);
});
