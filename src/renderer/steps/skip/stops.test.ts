import { describe, expect, it } from 'vitest';
import type { Teacher } from '../../../contract/app.ts';
import { keptShare, stopIndex, stopsOf } from './stops.ts';

const teacher = (depth: number): Teacher => ({
  id: 1,
  name: 'tiny',
  file: '/t.safetensors',
  isBundled: true,
  isFetched: false,
  bytes: 1,
  parameters: 1000 + depth * 100,
  imageSize: 64,
  patchSize: 8,
  width: 192,
  heads: 3,
  depth,
  blockParameters: 100,
  training: null,
  suits: null,
  licence: null,
  assumed: [],
  inferred: [],
  notes: [],
  memoryNeeded: 0,
  memoryFree: 0,
});

describe('stopsOf', () => {
  it.each([
    [12, [2, 3, 4, 6, 12], [6, 4, 3, 2, 1]],
    [2, [2], [1]],
    [1, [1], [1]],
    [40, [2, 3, 4, 5, 6, 7, 8, 10, 14, 20, 40], [20, 14, 10, 8, 7, 6, 5, 4, 3, 2, 1]],
  ])('of %d blocks', (depth, skips, kept) => {
    const stops = stopsOf(teacher(depth), null);
    expect(stops.map(({ skip }) => skip)).toEqual(skips);
    expect(stops.map(({ blocks }) => blocks.length)).toEqual(kept);
  });

  it('counts the remaining parameters before anything is measured', () => {
    expect(stopsOf(teacher(12), null)[0]).toMatchObject({
      blocks: [0, 2, 4, 6, 8, 10],
      parameters: 1600,
      bytes: 6400,
      speedUp: null,
    });
  });
});

it.each([
  [2, 0],
  [3, 1],
  [5, 2],
  [9, 3],
  [12, 4],
  [99, 4],
  [1, 0],
])('skip factor %d is at stop %d of 12 blocks', (skip, index) => {
  expect(stopIndex(stopsOf(teacher(12), null), skip)).toBe(index);
});

it.each([
  [12, 12, 'all'],
  [6, 12, 'many'],
  [4, 12, 'some'],
  [2, 12, 'few'],
  [1, 2, 'many'],
] as const)('%d of %d blocks are %s', (kept, depth, expected) => {
  expect(keptShare(kept, depth)).toBe(expected);
});
