import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { mapConcurrently } from './concurrently.ts';

test('keeps the order and the limit', async () => {
  let running = 0;
  let most = 0;
  const results = await mapConcurrently([5, 1, 4, 2, 3], 2, async (value, index) => {
    most = Math.max(most, ++running);
    await sleep(value);
    running--;
    return `${index}:${value}`;
  });
  expect(results).toEqual(['0:5', '1:1', '2:4', '3:2', '4:3']);
  expect(most).toBe(2);
});

test('does no work without items', async () => {
  expect(await mapConcurrently([], 4, () => Promise.reject(new Error('called')))).toEqual([]);
});

test('stops new work after a failure and waits for running work', async () => {
  const started: number[] = [];
  const ended: number[] = [];
  const run = mapConcurrently([0, 1, 2, 3, 4], 2, async (value) => {
    started.push(value);
    if (value === 0) throw new Error('broken');
    await sleep(5);
    ended.push(value);
  });
  await expect(run).rejects.toThrow('broken');
  expect(started).toEqual([0, 1]);
  expect(ended).toEqual([1]);
});

test('stops new work after an abort', async () => {
  const controller = new AbortController();
  const started: number[] = [];
  const run = mapConcurrently(
    [0, 1, 2, 3],
    1,
    async (value) => {
      started.push(value);
      if (value === 1) controller.abort();
      await Promise.resolve();
    },
    controller.signal,
  );
  await expect(run).rejects.toMatchObject({ name: 'UserError', code: 'cancelled' });
  expect(started).toEqual([0, 1]);
});

test('refuses a limit below 1', async () => {
  await expect(mapConcurrently([1], 0, () => Promise.resolve())).rejects.toThrow(/limit/);
});
