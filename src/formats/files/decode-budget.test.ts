import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { Random } from '../../core/random.ts';
import {
  DecodeBudget,
  decodingBound,
  discardLarge,
  emptyPlace,
  newBudgetMemory,
  type BudgetMemory,
} from './decode-budget.ts';

const mebibyte = 2 ** 20;
const alive = (): void => undefined;

function setUp(bound: number): { memory: BudgetMemory; at: (place: number) => DecodeBudget } {
  const memory = newBudgetMemory(bound * mebibyte);
  return { memory, at: (place) => new DecodeBudget({ memory, place }) };
}

/** Returns true if the work settles within a time in which waiting reads take several turns. */
async function isSettled(work: Promise<unknown>): Promise<boolean> {
  const still = Symbol('still');
  return (await Promise.race([work, delay(150, still)])) !== still;
}

describe('a budget for decoding', () => {
  it('is a quarter of the free memory, within limits', () => {
    expect(decodingBound(2 ** 32)).toBe(2 ** 30);
    expect(decodingBound(0)).toBe(2 ** 28);
    expect(decodingBound(2 ** 40)).toBe(2 ** 31 - 1);
  });

  it('is never exceeded by several threads, and all get their turn', async () => {
    const { at } = setUp(100);
    const random = new Random(1);
    let [held, most, done] = [0, 0, 0];
    await Promise.all(
      Array.from({ length: 6 }, async (_, place) => {
        const budget = at(place + 1);
        for (let task = 0; task < 8; task++) {
          const share = Math.round(random.uniform(10, 100));
          const release = await budget.take(share * mebibyte, { alive });
          held += share;
          most = Math.max(most, held);
          await delay(random.uniform(0, 4));
          held -= share;
          release();
          release();
          done++;
        }
      }),
    );
    expect(done).toBe(48);
    expect(most).toBeGreaterThan(50);
    expect(most).toBeLessThanOrEqual(100);
  });

  it('runs a read above the limit alone, and in its turn', async () => {
    const { at } = setUp(100);
    const first = await at(1).take(10 * mebibyte, { alive });
    const large = at(2).take(300 * mebibyte, { alive });
    await delay(5);
    // It came later and would fit, but would keep the large read waiting.
    const small = at(3).take(10 * mebibyte, { alive });
    expect(await isSettled(Promise.race([large, small]))).toBe(false);
    first();
    const release = await large;
    expect(await isSettled(small)).toBe(false);
    release();
    expect(await isSettled(small)).toBe(true);
  });

  it('reports that a wait continues, and ends it if cancelled', async () => {
    const { at } = setUp(100);
    const release = await at(1).take(100 * mebibyte, { alive });
    const controller = new AbortController();
    let beats = 0;
    const waiting = at(2).take(mebibyte, {
      alive: () => {
        beats++;
      },
      signal: controller.signal,
    });
    expect(await isSettled(waiting)).toBe(false);
    expect(beats).toBeGreaterThan(2);
    controller.abort();
    await expect(waiting).rejects.toMatchObject({ code: 'cancelled' });
    // Its ticket has been removed with it.
    release();
    expect(await isSettled(at(3).take(100 * mebibyte, { alive }))).toBe(true);
  });

  it('does not wait for a thread that ended at any point', async () => {
    const { memory, at } = setUp(100);
    await at(1).take(100 * mebibyte, { alive });
    void at(2).take(30 * mebibyte, { alive });
    const waiting = at(3).take(60 * mebibyte, { alive });
    expect(await isSettled(waiting)).toBe(false);
    emptyPlace({ memory, place: 1 });
    emptyPlace({ memory, place: 2 });
    expect(await isSettled(waiting)).toBe(true);
  });

  it('does not wait for memory kept after a task, nor within a task that holds a share', async () => {
    const { at } = setUp(100);
    const one = at(1);
    const other = at(2);
    await one.take(90 * mebibyte, { alive });
    const waiting = other.take(90 * mebibyte, { alive });
    expect(await isSettled(waiting)).toBe(false);
    expect(await isSettled(one.take(90 * mebibyte, { alive }))).toBe(true);
    one.endTask();
    expect(await isSettled(waiting)).toBe(true);
  });

  it('counts overlapping reads in one thread if its holders do not ask for more', async () => {
    const { at } = setUp(100);
    const main = at(0);
    const options = { alive, waitsAlways: true };
    const release = await main.take(60 * mebibyte, options);
    const next = main.take(60 * mebibyte, options);
    expect(await isSettled(next)).toBe(false);
    release();
    expect(await isSettled(next)).toBe(true);
  });
});

it('frees large values at once, and leaves small ones', () => {
  const [large, small] = [new Uint8Array(2 ** 25), new Uint8Array(8)];
  discardLarge(large);
  discardLarge(large);
  discardLarge(small);
  discardLarge(new Uint8Array(new SharedArrayBuffer(2 ** 25)));
  expect([large.length, small.length]).toEqual([0, 8]);
});
