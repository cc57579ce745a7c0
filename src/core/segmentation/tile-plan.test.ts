import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { columnBands, columnsIn, tileGrid } from './tile-plan.ts';

const overlap = fc.integer({ min: 0, max: 75 }).map((percent) => percent / 100);

describe('a grid of tiles', () => {
  test.each([
    [100, 100, 0.5, [0]],
    [99, 100, 0.5, [0]],
    [101, 100, 0.5, [0, 1]],
    [250, 100, 0.5, [0, 50, 100, 150]],
    [251, 100, 0.5, [0, 50, 100, 150, 151]],
    [300, 100, 0, [0, 100, 200]],
    [260, 100, 0.25, [0, 75, 150, 160]],
  ])('of %d px in tiles of %d that overlap by %d', (width, side, share, columns) => {
    expect(tileGrid({ width, height: 1 }, side, share).columns).toEqual(columns);
  });

  test('leaves no pixel out and reaches no further than the image', () => {
    const length = fc.integer({ min: 1, max: 3000 });
    const side = fc.integer({ min: 1, max: 300 });
    fc.assert(
      fc.property(length, side, overlap, (width, side, share) => {
        const { columns } = tileGrid({ width, height: 1 }, side, share);
        let end = 0;
        for (const start of columns) {
          expect(start).toBeLessThanOrEqual(end);
          expect(start + side).toBeGreaterThan(end);
          end = start + side;
        }
        expect(end).toBe(Math.max(width, side));
      }),
    );
  });

  test.each([-0.1, 0.76, NaN])('is refused with an overlap of %d', (share) => {
    expect(() => tileGrid({ width: 9, height: 9 }, 4, share)).toThrow(/overlap/);
  });
});

describe('bands', () => {
  test('are whole columns of mask tiles within the budget, side by side', () => {
    const width = fc.integer({ min: 1, max: 20_000 });
    const side = fc.integer({ min: 1, max: 600 });
    const budget = fc.integer({ min: 0, max: 10_000_000 });
    fc.assert(
      fc.property(width, side, fc.integer({ min: 1, max: 9 }), budget, (width, side, k, bytes) => {
        const bands = columnBands(width, side, k, bytes);
        let end = 0;
        for (const { left, right } of bands) {
          expect(left).toBe(end);
          expect(left % 512).toBe(0);
          if (right - left > 512) expect(4 * k * side * (right - left)).toBeLessThanOrEqual(bytes);
          end = right;
        }
        expect(end).toBe(width);
      }),
    );
  });

  test('need the tiles that reach into them', () => {
    const grid = tileGrid({ width: 1100, height: 1 }, 200, 0.5);
    const needed = columnBands(1100, 200, 1, 0).map((band) => columnsIn(grid, band));
    expect(needed).toEqual([[0, 100, 200, 300, 400, 500], [400, 500, 600, 700, 800, 900], [900]]);
  });
});
