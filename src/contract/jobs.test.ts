import { expect, test } from 'vitest';
import { preparationOf } from '../core/image/preparation.ts';
import { preparation } from './jobs.ts';

test.each(['auto', 'stored', 'file', 'full', 'window:-600:1500.5', 'percentile:0.5:100'])(
  'what the contract takes for a range, %s, is one',
  (range) => {
    expect(preparation.parse({ range })).toEqual({ range });
    expect(preparationOf({ range }).range.kind).toBe(range.split(':')[0]);
  },
);

test.each(['', 'AUTO', 'window', 'window:1', 'window:1e3:2', 'percentile:2:101', 'auto '])(
  'and what it does not take: %j',
  (range) => {
    expect(preparation.safeParse({ range }).success).toBe(false);
  },
);

test.each([[[]], [[0]], [[1.5]], [[4097]], [Array.from({ length: 65 }, () => 1)]])(
  'bands are one or several, counted from 1: not %j',
  (bands) => {
    expect(preparation.safeParse({ bands, range: 'auto' }).success).toBe(false);
  },
);

test.each([[[7]], [[8, 4]], [[4, 3, 2]], [Array.from({ length: 13 }, (_, band) => band + 1)]])(
  'as many bands are channels: %j',
  (bands) => {
    expect(preparation.parse({ bands, range: 'auto' }).bands).toEqual(bands);
  },
);
