import { expect, it } from 'vitest';
import { frequentConfusions, heatStrength, heatCells } from './confusion.ts';

it('takes shares of a row, with one class per image', () => {
  const cells = heatCells(
    [
      [8, 2, 0],
      [0, 0, 0],
      [3, 1, 4],
    ],
    'single',
  );
  expect(cells[0]).toEqual([
    { row: 0, column: 0, count: 8, share: 0.8, isRight: true },
    { row: 0, column: 1, count: 2, share: 0.2, isRight: false },
    { row: 0, column: 2, count: 0, share: 0, isRight: false },
  ]);
  expect(cells[1]?.map(({ share }) => share)).toEqual([0, 0, 0]);
  expect(frequentConfusions(cells, 2).map(({ row, column }) => [row, column])).toEqual([
    [2, 0],
    [0, 1],
  ]);
});

it('takes shares of the images with and without a label', () => {
  const [cells] = heatCells([[30, 10, 5, 15]], 'several');
  expect(cells?.map(({ share }) => share)).toEqual([0.75, 0.25, 0.25, 0.75]);
  expect(cells?.map(({ isRight }) => isRight)).toEqual([true, false, false, true]);
});

it('shows one error, and keeps text readable', () => {
  const cell = { row: 0, column: 1, isRight: false };
  expect(heatStrength({ ...cell, count: 0, share: 0 })).toBe(0);
  expect(heatStrength({ ...cell, count: 1, share: 0.001 })).toBeGreaterThanOrEqual(10);
  expect(heatStrength({ ...cell, count: 9, share: 1 })).toBeLessThanOrEqual(50);
});
