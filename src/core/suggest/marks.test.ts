import { expect, it } from 'vitest';
import { tilePixels, tileSide } from '../mask/tiles.ts';
import { chooseMarks, countMarks, markedBlocks, marksOf } from './marks.ts';

function tile(x: number, y: number, marks: readonly [number, number, number][]) {
  const pixels = new Uint8Array(tilePixels);
  for (const [column, row, value] of marks) pixels[row * tileSide + column] = value;
  return { x, y, pixels };
}

const image = { width: 1030, height: 600 };

it('strokes are mapped to the working scale, and thin ones are not lost', () => {
  const tiles = [tile(0, 0, [[5, 9, 3]]), tile(2, 1, [[5, 87, 255]])];
  const marks = marksOf(tiles, image, { width: 258, height: 150, step: 4 });
  expect(countMarks(marks)).toEqual(
    new Map([
      [3, 1],
      [255, 1],
    ]),
  );
  expect(marks.values[2 * 258 + 1]).toBe(3);
  expect(marks.values[149 * 258 + 257]).toBe(255);
});

it('marks beyond the edge of the image do not count, and later tiles win', () => {
  const outside = tile(2, 0, [
    [6, 0, 1],
    [5, 0, 1],
  ]);
  const marks = marksOf([outside, tile(2, 0, [[5, 0, 2]])], image, { ...image, step: 1 });
  expect(countMarks(marks)).toEqual(new Map([[2, 1]]));
});

it('blocks with marks are found, and only usable ones are candidates', () => {
  const marks = marksOf([tile(0, 0, [[10, 10, 1]]), tile(1, 0, [[0, 300, 1]])], image, {
    ...image,
    step: 1,
  });
  expect(markedBlocks(marks)).toEqual([
    { x: 0, y: 0 },
    { x: 2, y: 1 },
  ]);
  const chosen = chooseMarks(marks, 100, ({ x }) => x === 2);
  expect(chosen).toEqual([{ value: 1, pixels: Uint32Array.of(300 * 1030 + 512) }]);
});

it('each value gets as many pixels as the others, spread over all that is marked', () => {
  const values = new Uint8Array(100);
  values.fill(7, 0, 50).fill(255, 90, 92);
  const [first, second] = chooseMarks({ width: 10, height: 10, values }, 5, () => true);
  expect([...(first?.pixels ?? [])]).toEqual([5, 15, 25, 35, 45]);
  expect([...(second?.pixels ?? [])]).toEqual([90, 90, 91, 91, 91]);
});
