import { expect, it, test } from 'vitest';
import type { ImageFacts } from '../../../../contract/app.ts';
import {
  bandDraftOf,
  bandFaultOf,
  choosableBands,
  canChooseAll,
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
  // Bands of another sensor, which these images lack.
  [range(1, 13), 'list'],
])('bands %j are read as %s and written unchanged', (bands, kind) => {
  const choices = [1, 2, 3, 5];
  const draft = bandDraftOf(bands, choices);
  expect(draft.kind).toBe(kind);
  expect(writtenBands(draft, choices)).toEqual(bands);
  expect(bandFaultOf(draft, choices, bands)).toBeNull();
});

it('suggests all bands for a list, up to the limit', () => {
  expect(bandDraftOf(undefined, range(1, 13)).list).toBe('1-13');
  expect(bandDraftOf(undefined, range(1, 200)).list).toBe('1-64');
});

it('offers all bands if there are more than three, up to the limit', () => {
  expect([3, 4, 64, 65].map((bands) => canChooseAll(range(1, bands)))).toEqual([
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
])('finds the error in the list %j', (list, fault) => {
  const draft = { ...bandDraftOf(undefined, []), kind: 'list', list } as const;
  expect(bandFaultOf(draft, range(1, 13))).toEqual(fault);
  expect(bandFaultOf({ ...draft, kind: 'one' }, range(1, 13))).toBeNull();
});

it('limits the number of bands, and allows any while the existing ones are unknown', () => {
  const draft = { ...bandDraftOf(undefined, []), kind: 'list', list: '1-65' } as const;
  expect(bandFaultOf(draft, range(1, 200))).toEqual({ kind: 'many', bands: 65 });
  expect(bandFaultOf({ ...draft, list: '9, 70' }, [])).toBeNull();
});

it('suggests the first bands, repeated if there are fewer than three', () => {
  expect(bandDraftOf(undefined, [2, 3, 4, 5]).three).toEqual([2, 3, 4]);
  expect(bandDraftOf([2], [1, 2]).three).toEqual([1, 2, 2]);
});

const described = (bands: number, alpha: number | null): ImageFacts => ({
  format: 'tiff',
  bands,
  alpha,
  frames: 1,
  sampleType: 'uint16',
  interpretation: 'bands',
  spacing: null,
  rescale: null,
  windows: [],
  hasTable: false,
  auto: { bands: [1], range: 'full' },
});

test('bands can be chosen that all images have and that are not alpha', () => {
  expect(choosableBands([])).toEqual([]);
  expect(choosableBands([described(1, null)])).toEqual([1]);
  expect(choosableBands([described(5, 4), described(6, null)])).toEqual([1, 2, 3, 5]);
});

test('own colours are those of all files, if these have other bands too', () => {
  const colours = (bands: number[]): ImageFacts => ({
    ...described(13, null),
    auto: { bands, range: 'full' },
  });
  expect(ownBands([colours([4, 3, 2]), colours([4, 3, 2])])).toEqual([4, 3, 2]);
  expect(ownBands([colours([4, 3, 2]), colours([1, 2, 3])])).toBeUndefined();
  expect(ownBands([described(2, 2)])).toBeUndefined();
  expect(ownBands([])).toBeUndefined();
});
