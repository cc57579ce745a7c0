import { expect, it } from 'vitest';
import { coloursByName, coloursByNumber } from './colour-names.ts';

it.each<[string, readonly string[], readonly number[] | undefined]>([
  ['by their names', ['BLUE', 'GREEN', 'RED', 'NIR_NARROW', 'SWIR_1', 'SWIR_2'], [3, 2, 1]],
  ['behind the name of a list', ['HLSBands.BLUE', 'HLSBands.GREEN', 'HLSBands.RED'], [3, 2, 1]],
  ['by the numbers of HLS', ['B02', 'B03', 'B04', 'B05', 'B06', 'B07'], [3, 2, 1]],
  ['by single letters', ['R', 'G', 'B', 'N'], [1, 2, 3]],
  ['not by the numbers of Landsat', ['B1', 'B2', 'B3', 'B4', 'B5', 'B7'], undefined],
  ['not where one is missing', ['Red', 'Green', 'NIR'], undefined],
  ['not where one is there twice', ['Red', 'Red', 'Green', 'Blue'], undefined],
])('colours are known %s', (_, names, expected) => {
  expect(coloursByName(names)).toEqual(expected);
});

it('colours of as many bands as Sentinel-2 has are those of its order', () => {
  expect([13, 12, 7, 6].map(coloursByNumber)).toEqual([[4, 3, 2], [4, 3, 2], undefined, undefined]);
});
