import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { brushRuns } from './brush.ts';
import type { Dab } from './brush.ts';
import { polygonRuns } from './polygon.ts';
import type { Corner } from './polygon.ts';

/** Collects pixels as `x,y`; each at most once. */
function covered(draw: (take: (y: number, left: number, right: number) => void) => void) {
  const found = new Set<string>();
  draw((y, left, right) => {
    for (let x = left; x < right; x++) {
      expect(found.has(`${x},${y}`)).toBe(false);
      found.add(`${x},${y}`);
    }
  });
  return found;
}

const coordinate = fc.double({ min: 0, max: 40, noNaN: true });
const dab = fc.record({
  x: coordinate,
  y: coordinate,
  radius: fc.double({ min: 0.6, max: 12, noNaN: true }),
});

/**
 * Distance of a point from the brush, ≤ 0 inside: the minimum over the circles between both ends, by ternary
 * search, as distance minus radius is convex along the way.
 */
function outside(from: Dab, to: Dab, x: number, y: number): number {
  const at = (share: number): number => {
    const between = (one: number, other: number): number => one + share * (other - one);
    const distance = Math.hypot(x - between(from.x, to.x), y - between(from.y, to.y));
    return distance - between(from.radius, to.radius);
  };
  let [low, high] = [0, 1];
  for (let step = 0; step < 60; step++) {
    const [one, other] = [low + (high - low) / 3, high - (high - low) / 3];
    if (at(one) < at(other)) high = other;
    else low = one;
  }
  return at(low);
}

describe('a brush', () => {
  it('covers the pixels whose centre is under it on its way', () => {
    fc.assert(
      fc.property(dab, dab, (from, to) => {
        const found = covered((take) => {
          brushRuns(from, to, take);
        });
        for (let y = -14; y < 56; y++) {
          for (let x = -14; x < 56; x++) {
            const isEnd = [from, to].some(
              (end) => Math.floor(end.x) === x && Math.floor(end.y) === y,
            );
            const far = outside(from, to, x + 0.5, y + 0.5);
            if (Math.abs(far) < 1e-6 || found.has(`${x},${y}`) === (isEnd || far < 0)) continue;
            throw new Error(`(${x}, ${y}) is ${far} px outside`);
          }
        }
      }),
      { numRuns: 40 },
    );
  });

  it('is one pixel if it is that small, and leaves no gap on its way', () => {
    fc.assert(
      fc.property(coordinate, coordinate, coordinate, coordinate, (x, y, x1, y1) => {
        const start = { x, y, radius: 0.5 };
        const still = covered((take) => {
          brushRuns(start, start, take);
        });
        expect([...still]).toEqual([`${Math.floor(x)},${Math.floor(y)}`]);
        const line = covered((take) => {
          brushRuns(start, { x: x1, y: y1, radius: 0.5 }, take);
        });
        expect(reachable(line, `${Math.floor(x)},${Math.floor(y)}`)).toBe(line.size);
        expect(line.has(`${Math.floor(x1)},${Math.floor(y1)}`)).toBe(true);
      }),
    );
  });
});

/** Counts the pixels connected to one, including diagonals. */
function reachable(pixels: ReadonlySet<string>, start: string): number {
  const seen = new Set([start]);
  const todo = [start];
  for (let next = todo.pop(); next !== undefined; next = todo.pop()) {
    const [x = 0, y = 0] = next.split(',').map(Number);
    for (const dx of [-1, 0, 1]) {
      for (const dy of [-1, 0, 1]) {
        const key = `${x + dx},${y + dy}`;
        if (!pixels.has(key) || seen.has(key)) continue;
        seen.add(key);
        todo.push(key);
      }
    }
  }
  return seen.size;
}

/** Coordinates in quarter pixels: everything is exact, and many corners are at pixel centres. */
const quarter = fc.integer({ min: -8, max: 88 }).map((value) => value / 4);
const corner = fc.record({ x: quarter, y: quarter });

/** Even-odd test by a ray to the left, with the sign of an area instead of a division. */
function isInside(corners: readonly Corner[], x: number, y: number): boolean {
  let inside = false;
  corners.forEach((one, index) => {
    const other = corners[(index + 1) % corners.length] ?? one;
    const [upper, lower] = one.y < other.y ? [one, other] : [other, one];
    if (!(upper.y <= y && y < lower.y)) return;
    const area = (lower.x - upper.x) * (y - upper.y) - (x - upper.x) * (lower.y - upper.y);
    if (area <= 0) inside = !inside;
  });
  return inside;
}

describe('a polygon', () => {
  it('covers the pixels whose centre is inside, by the even-odd rule', () => {
    fc.assert(
      fc.property(fc.array(corner, { minLength: 1, maxLength: 9 }), (corners) => {
        const found = covered((take) => {
          polygonRuns(corners, take);
        });
        for (let y = -3; y < 24; y++) {
          for (let x = -3; x < 24; x++) {
            const wanted = isInside(corners, x + 0.5, y + 0.5);
            // A crossing at a third of a pixel is not exact.
            const near = [-1e-9, 1e-9].some(
              (by) => isInside(corners, x + 0.5 + by, y + 0.5) !== wanted,
            );
            if (near || found.has(`${x},${y}`) === wanted) continue;
            throw new Error(`(${x}, ${y}) is wrongly ${wanted ? 'left out' : 'in'}`);
          }
        }
      }),
    );
  });

  it('shares no pixel with its neighbour and leaves none between', () => {
    const square = (left: number, right: number): Corner[] => [
      { x: left, y: 0.5 },
      { x: right, y: 0.5 },
      { x: right, y: 9.5 },
      { x: left, y: 9.5 },
    ];
    const both = covered((take) => {
      polygonRuns(square(0.5, 4.5), take);
      polygonRuns(square(4.5, 8.5), take);
    });
    expect(both.size).toBe(8 * 9);
  });

  it('covers no pixels with fewer than three corners', () => {
    const found = covered((take) => {
      polygonRuns([], take);
      polygonRuns([{ x: 1, y: 1 }], take);
    });
    expect(found.size).toBe(0);
  });
});
