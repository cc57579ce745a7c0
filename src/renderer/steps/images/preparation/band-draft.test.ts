import { expect, it, test } from 'vitest';
import type { ImageFacts } from '../../../../contract/app.ts';
import { bandDraftOf, choosableBands, ownBands, writtenBands } from './band-draft.ts';

it.each([[undefined], [[3]], [[4, 3, 2]]])(
  'bands %j are read and written as they were',
  (bands) => {
    expect(writtenBands(bandDraftOf(bands, [1, 2, 3, 4]))).toEqual(bands);
  },
);

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
