import { expect, it, test } from 'vitest';
import type { ImageFacts } from '../../../../contract/app.ts';
import {
  bandDraftOf,
  bandFaultOf,
  choosableBands,
  hasAll,
  ownBands,
  writtenBands,
} from './band-draft.ts';

const range = (first: number, last: number): number[] =>
  Array.from({ length: last - first + 1 }, (_, index) => first + index);

it.each([
  [undefined, 'own'],
  [[3], 'one'],
  [[4, 3, 2], 'three'],
  [[1, 2, 3, 5], 'all'],
  [[5, 3, 2, 1], 'list'],
  [[2, 1], 'list'],
  // Of another sensor, whose bands these images have not.
  [range(1, 13), 'list'],
])('bands %j come back as %s, and are written as they were', (bands, kind) => {
  const choices = [1, 2, 3, 5];
  const draft = bandDraftOf(bands, choices);
  expect(draft.kind).toBe(kind);
  expect(writtenBands(draft, choices)).toEqual(bands);
  expect(bandFaultOf(draft, choices, bands)).toBeNull();
});

it('suggests all bands for a list, as many as can be seen', () => {
  expect(bandDraftOf(undefined, range(1, 13)).list).toBe('1-13');
  expect(bandDraftOf(undefined, range(1, 200)).list).toBe('1-64');
});

it('offers all bands where they are no colours, and no more than can be seen', () => {
  expect([3, 4, 64, 65].map((bands) => hasAll(range(1, bands)))).toEqual([
    false,
    true,
    true,
    false,
  ]);
});

it.each([
  ['', { kind: 'none' }],
  ['1, two', { kind: 'unread', part: 'two' }],
  ['1-14', { kind: 'missing', band: 14 }],
  ['1-6, 3', { kind: 'twice', band: 3 }],
])('says what is wrong with the list %j', (list, fault) => {
  const draft = { ...bandDraftOf(undefined, []), kind: 'list', list } as const;
  expect(bandFaultOf(draft, range(1, 13))).toEqual(fault);
  expect(bandFaultOf({ ...draft, kind: 'one' }, range(1, 13))).toBeNull();
});

it('takes no more bands than can be seen, and any while it is not known which there are', () => {
  const draft = { ...bandDraftOf(undefined, []), kind: 'list', list: '1-65' } as const;
  expect(bandFaultOf(draft, range(1, 200))).toEqual({ kind: 'many', bands: 65 });
  expect(bandFaultOf({ ...draft, list: '9, 70' }, [])).toBeNull();
});

it('suggests the first bands, as often as there are any', () => {
  expect(bandDraftOf(undefined, [2, 3, 4, 5]).three).toEqual([2, 3, 4]);
  expect(bandDraftOf([2], [1, 2]).three).toEqual([1, 2, 2]);
});

const described = (bands: number, alpha: number | null): ImageFacts => ({
  ...{ format: 'tiff', bands, alpha, frames: 1, sampleType: 'uint16', interpretation: 'bands' },
  ...{ spacing: null, rescale: null, windows: [], hasTable: false },
  auto: { bands: [1], range: 'full' },
});

test('bands can be chosen that all images have and that show something', () => {
  expect(choosableBands([])).toEqual([]);
  expect(choosableBands([described(1, null)])).toEqual([1]);
  expect(choosableBands([described(5, 4), described(6, null)])).toEqual([1, 2, 3, 5]);
});

test('own colours are said where all files mean the same, and have other bands too', () => {
  const colours = (bands: number[]): ImageFacts => ({
    ...described(13, null),
    auto: { bands, range: 'full' },
  });
  expect(ownBands([colours([4, 3, 2]), colours([4, 3, 2])])).toEqual([4, 3, 2]);
  expect(ownBands([colours([4, 3, 2]), colours([1, 2, 3])])).toBeUndefined();
  expect(ownBands([described(2, 2)])).toBeUndefined();
  expect(ownBands([])).toBeUndefined();
});
