import { expect, it } from 'vitest';
import { coloursByName, coloursByNumber } from './colour-names.ts';

const b = (number: string): string => `B${number}`;
const counted = (count: number): string[] =>
  Array.from({ length: count }, (_, band) => `B${band + 1}`);

it.each<[string, readonly string[], readonly number[] | undefined]>([
  ['by their names', ['BLUE', 'GREEN', 'RED', 'NIR_NARROW', 'SWIR_1', 'SWIR_2'], [3, 2, 1]],
  ['behind the name of a list', ['HLSBands.BLUE', 'HLSBands.GREEN', 'HLSBands.RED'], [3, 2, 1]],
  ['by the numbers of HLS', ['B02', 'B03', 'B04', 'B05', 'B06', 'B07'], [3, 2, 1]],
  ['by single letters', ['R', 'G', 'B', 'N'], [1, 2, 3]],
  ['by the numbers of Sentinel-2', '2 3 4 5 6 7 8 8A 11 12'.split(' ').map(b), [3, 2, 1]],
  ['of Sentinel-2 backwards', '12 11 10 9 8A 8 7 6 5 4 3 2 1'.split(' ').map(b), [10, 11, 12]],
  ['of Sentinel-2 without 8A', ['B2', 'B3', 'B4', 'B8', 'B11', 'B12'], [3, 2, 1]],
  ['as medians of Earth Engine', ['B2_median', 'B3_median', 'B4_median', 'B8A_median'], [3, 2, 1]],
  ['as GDAL names them', ['B4', 'B3', 'B2', 'B8A'].map((n) => `${n}, around 664.6 nm`), [1, 2, 3]],
  ['not by numbers that are counted through', counted(12), undefined],
  ['not by numbers that go on', ['B2', 'B3', 'B4', 'B11', 'B12', 'B13'], undefined],
  ['not by those of Landsat with infrared', ['B2', 'B3', 'B4', 'B10', 'B11'], undefined],
  ['not by the numbers of Landsat', ['B1', 'B2', 'B3', 'B4', 'B5', 'B7'], undefined],
  ['not where one is missing', ['Red', 'Green', 'NIR'], undefined],
  ['not where one is there twice', ['Red', 'Red', 'Green', 'Blue'], undefined],
])('colours are recognised %s', (_, names, expected) => {
  expect(coloursByName(names)).toEqual(expected);
});

it('images with as many bands as Sentinel-2 have its colour order', () => {
  const guessed = [13, 12, 7, 6].map((channels) => coloursByNumber(channels));
  expect(guessed).toEqual([[4, 3, 2], [4, 3, 2], undefined, undefined]);
});

it.each<[string, readonly string[], readonly number[] | undefined]>([
  ['not called anything', Array.from({ length: 12 }, () => ''), [4, 3, 2]],
  ['counted', counted(12), [4, 3, 2]],
  ['counted in words', counted(12).map((name) => name.replace('B', 'Band 0')), [4, 3, 2]],
  ['counted backwards', counted(12).reverse(), undefined],
  ['of radar', ['VV', 'VH', ...Array.from({ length: 10 }, () => '')], undefined],
])('colours of twelve bands are guessed if they are %s', (_, names, expected) => {
  expect(coloursByNumber(12, names)).toEqual(expected);
});
