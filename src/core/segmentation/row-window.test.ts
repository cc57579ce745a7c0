import { expect, test } from 'vitest';
import { mirroredIndex } from '../image/raster.ts';
import { RowWindow } from './row-window.ts';

const raster = (width: number, height: number, first: number) => ({
  width,
  height,
  channels: 3,
  data: Uint8Array.from({ length: width * height * 3 }, (_, at) => first + Math.floor(at / 3)),
});

/** First channel, row by row. */
const reds = (tile: Uint8Array, side: number): number[][] =>
  Array.from({ length: side }, (_, row) =>
    Array.from({ length: side }, (_, column) => tile[3 * (row * side + column)] ?? -1),
  );

test('a position beyond the edge is mirrored', () => {
  expect([0, 1, 2, 3, 4, 5, 6, 7, 8].map((at) => mirroredIndex(at, 3))).toEqual([
    0, 1, 2, 2, 1, 0, 0, 1, 2,
  ]);
  expect(mirroredIndex(9, 1)).toBe(0);
});

test('tiles of a small image are mirrored at both edges', () => {
  const window = new RowWindow({ width: 2, height: 3 }, 0, 2, 3, 3);
  window.put(0, raster(2, 3, 1), null);
  const tile = new Uint8Array(48);
  window.tile(0, 0, 4, tile);
  expect(reds(tile, 4)).toEqual([
    [1, 2, 2, 1],
    [3, 4, 4, 3],
    [5, 6, 6, 5],
    [5, 6, 6, 5],
  ]);
});

test('the latest rows are kept, of the columns from the left one', () => {
  const window = new RowWindow({ width: 100, height: 100 }, 10, 4, 3, 3);
  window.put(0, raster(4, 3, 0), null);
  window.put(3, raster(4, 2, 50), null);
  const tile = new Uint8Array(12);
  window.tile(11, 2, 2, tile);
  expect(reds(tile, 2)).toEqual([
    [9, 10],
    [51, 52],
  ]);
});

test('missing tiles and missing pixels are known', () => {
  const window = new RowWindow({ width: 4, height: 4 }, 0, 4, 3, 3);
  window.put(0, raster(4, 2, 0), Uint8Array.of(1, 1, 0, 0, 1, 1, 0, 1));
  expect([0, 1, 2].map((x) => window.isMissing(x, 0, 2))).toEqual([true, false, false]);
  const line = Uint8Array.of(7, 7, 7);
  window.markMissing(1, 1, line, 255);
  expect([...line]).toEqual([255, 7, 255]);
  // Row 3 replaces row 0, including its missing pixels.
  window.put(2, raster(4, 2, 0), null);
  window.markMissing(3, 1, line.fill(7), 255);
  expect([...line]).toEqual([7, 7, 7]);
});

test('a pixel has as many values as there are channels', () => {
  const window = new RowWindow({ width: 3, height: 2 }, 0, 3, 2, 5);
  const data = Uint8Array.from({ length: 30 }, (_, at) => at);
  window.put(0, { width: 3, height: 2, channels: 5, data }, null);
  const tile = new Uint8Array(20);
  window.tile(2, 0, 2, tile);
  // The last column, and its mirror image.
  const [upper, lower] = [data.subarray(10, 15), data.subarray(25, 30)];
  expect([...tile]).toEqual([...upper, ...upper, ...lower, ...lower]);
});
