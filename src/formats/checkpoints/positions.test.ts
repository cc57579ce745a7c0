import { expect, it } from 'vitest';
import { datesOf, positionLayouts } from './positions.ts';

/** Rows of four values, the last of which encodes the date; the class token's row comes first. */
function positions(dates: readonly number[]): Parameters<typeof datesOf>[0] {
  const rows = dates.map((date, at) => [at, 2 * at, 3 * at, Math.sin(date)]);
  return {
    shape: [1, rows.length + 1, 4],
    data: Float32Array.from([[0, 0, 0, 0], ...rows].flat()),
  };
}

const several = Array.from({ length: 64 }, (_, index) => index + 1);

it.each<[string, readonly number[], readonly number[]]>([
  ['one date of four by four', Array<number>(16).fill(0), [1]],
  ['four dates of two by two', [0, 1, 2, 3].flatMap((date) => Array<number>(4).fill(date)), [4]],
  ['one patch', [0], [1]],
  ['learned, each another', Array.from({ length: 16 }, (_, at) => at), several],
  ['no square of any date', Array<number>(12).fill(0), several],
])('%s', (_, dates, expected) => {
  expect(datesOf(positions(dates), 1)).toEqual(expected);
});

it('positions without a width do not determine the number of dates', () => {
  expect(datesOf({ shape: [1, 1e12, 0], data: new Float32Array(0) }, 1)).toEqual(several);
});

it('only a configuration decides if their number fits two grids', () => {
  const tokens = { classTokens: 1, registers: 8 } as const;
  const grids = (isCovered?: boolean): number[] =>
    positionLayouts(25, tokens, [1], isCovered).map(({ grid }) => grid);
  expect(grids()).toEqual([4, 5]);
  expect(grids(true)).toEqual([4]);
  expect(grids(false)).toEqual([5]);
  expect(positionLayouts(197, { classTokens: 1, registers: 0 }, [1])).toHaveLength(1);
});
