import { describe, expect, it } from 'vitest';
import { Random } from '../random.ts';
import { makeParcels } from './land/parcels.ts';
import { type Cells, voronoi } from './voronoi.ts';

const side = 64;

/** Borders are between neighbouring pixels of different cells, and nowhere else. */
function expectBordersBetweenCells({ cell, border }: Cells): void {
  for (let pixel = 0; pixel < side * (side - 1); pixel++) {
    expect(border[pixel]).toBeGreaterThanOrEqual(0);
    if (cell[pixel] !== cell[pixel + side]) expect(border[pixel]).toBeLessThan(2.2);
  }
}

describe('voronoi', () => {
  it('divides the plane into about as many cells as its size requires', () => {
    const cells = voronoi(new Random(1), side, 8);
    const count = new Set(cells.cell).size;
    expect(count).toBeGreaterThan(50);
    expect(count).toBeLessThan(110);
    expectBordersBetweenCells(cells);
  });
});

describe('makeParcels', () => {
  it('divides fields, straight or bent, differently each time', () => {
    const counts = Array.from({ length: 30 }, (_, seed) => {
      const parcels = makeParcels(new Random(seed), side, 14);
      expectBordersBetweenCells(parcels);
      return new Set(parcels.cell).size;
    });
    expect(Math.min(...counts)).toBeGreaterThan(5);
    expect(Math.max(...counts)).toBeLessThan(90);
    expect(new Set(counts).size).toBeGreaterThan(8);
  });
});
