import { expect, test } from 'vitest';
import { preparationOf } from '../core/image/preparation.ts';
import { preparation } from './jobs.ts';

test.each(['auto', 'stored', 'file', 'full', 'window:-600:1500.5', 'percentile:0.5:100'])(
  'accepts %s as a range',
  (range) => {
    expect(preparation.parse({ range })).toEqual({ range });
    expect(preparationOf({ range }).range.kind).toBe(range.split(':')[0]);
  },
);

test.each(['', 'AUTO', 'window', 'window:1', 'window:1e3:2', 'percentile:2:101', 'auto '])(
  'rejects %j as a range',
  (range) => {
    expect(preparation.safeParse({ range }).success).toBe(false);
  },
);

test.each([[[]], [[0]], [[1.5]], [[4097]], [Array.from({ length: 65 }, () => 1)]])(
  'accepts one or several bands, counted from 1, and rejects %j',
  (bands) => {
    expect(preparation.safeParse({ bands, range: 'auto' }).success).toBe(false);
  },
);

test.each([[[7]], [[8, 4]], [[4, 3, 2]], [Array.from({ length: 13 }, (_, band) => band + 1)]])(
  'uses as many channels as bands: %j',
  (bands) => {
    expect(preparation.parse({ bands, range: 'auto' }).bands).toEqual(bands);
  },
);
