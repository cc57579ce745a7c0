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

test.each([[[]], [[1, 2]], [[0]], [[1, 2, 3, 4]]])('bands are one or three: not %j', (bands) => {
  expect(preparation.safeParse({ bands, range: 'auto' }).success).toBe(false);
});
