import fc from 'fast-check';
import { expect, test } from 'vitest';
import { halveTile, tileCounts, tileExtent, tileSide, tilesIn } from './tiles.ts';

const image = { width: 1300, height: 513 };

test('tiles cover exactly an image', () => {
  expect(tileCounts(image)).toEqual({ columns: 3, rows: 2 });
  expect(tileExtent({ x: 2, y: 1 }, image)).toEqual({ width: 1300 - 1024, height: 1 });
  expect(tileExtent({ x: 3, y: 0 }, image)).toEqual({ width: 0, height: 512 });
});

test('a rectangle touches the tiles that share a pixel with it', () => {
  const coordinate = fc.integer({ min: -600, max: 1900 });
  const length = fc.integer({ min: 0, max: 900 });
  fc.assert(
    fc.property(coordinate, coordinate, length, length, (x, y, width, height) => {
      const shares = (from: number, size: number, low: number, high: number): boolean =>
        Math.max(from, low) < Math.min(from + size, high);
      const wanted = [];
      for (let row = 0; row < 2; row++) {
        for (let column = 0; column < 3; column++) {
          const extent = tileExtent({ x: column, y: row }, image);
          const [left, top] = [column * tileSide, row * tileSide];
          if (!shares(x, width, left, left + extent.width)) continue;
          if (shares(y, height, top, top + extent.height)) wanted.push({ x: column, y: row });
        }
      }
      expect(tilesIn({ x, y, width, height }, image)).toEqual(wanted);
    }),
  );
});

test('a single pixel can still be seen at a quarter of the pixels', () => {
  // oxfmt-ignore
  const pixels = Uint8Array.of(
    0, 0, 0, 0,
    0, 7, 2, 2,
    0, 0, 0, 0,
    9, 0, 0, 0,
  );
  expect([...halveTile(pixels, 4)]).toEqual([7, 2, 9, 0]);
});
