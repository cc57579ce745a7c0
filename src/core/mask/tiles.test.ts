import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  halve,
  tileCounts,
  tileExtent,
  tileHistogram,
  tilePixels,
  tileSide,
  tilesIn,
} from './tiles.ts';

const image = { width: 1300, height: 513 };

test('tiles cover an image, and no more', () => {
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

test('counts what is marked', () => {
  const pixels = new Uint8Array(tilePixels);
  pixels.fill(3, 10, 15);
  pixels[tilePixels - 1] = 255;
  expect([...tileHistogram(pixels)]).toEqual([
    [3, 5],
    [255, 1],
  ]);
});

test('counts the values of a tile one by one, wherever its bytes begin', () => {
  const runs = fc.array(fc.tuple(fc.nat(255), fc.integer({ min: 1, max: 2000 })), {
    maxLength: 60,
  });
  fc.assert(
    fc.property(runs, fc.nat(7), (parts, offset) => {
      const pixels = new Uint8Array(new ArrayBuffer(tilePixels + 8), offset, tilePixels);
      const wanted = new Map<number, number>();
      let at = 0;
      for (const [value, length] of parts) {
        pixels.fill(value, at, at + length);
        at += length;
        if (value > 0) wanted.set(value, (wanted.get(value) ?? 0) + length);
      }
      expect(tileHistogram(pixels)).toEqual(wanted);
    }),
  );
});

test('a single pixel can still be seen at a quarter of the pixels', () => {
  // prettier-ignore
  const pixels = Uint8Array.of(
    0, 0, 0, 0,
    0, 7, 2, 2,
    0, 0, 0, 0,
    9, 0, 0, 0,
  );
  expect([...halve(pixels, 4)]).toEqual([7, 2, 9, 0]);
});
