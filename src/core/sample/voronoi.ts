import type { Random } from '../random.ts';
import type { Vector } from './drawing.ts';
import { latticeHash } from './noise.ts';

/** Plane divided into numbered cells. */
export interface Cells {
  /** Cell of each pixel: any 32-bit number, equal within a cell. */
  readonly cell: Int32Array;
  /** Distance of each pixel to the nearest border, px. */
  readonly border: Float32Array;
}

/**
 * Computes Voronoi cells of one jittered point in each square of a lattice (Worley, "A cellular texture basis
 * function", 1996). `bend` displaces the points of the plane before they are looked up.
 */
export function voronoi(
  random: Random,
  side: number,
  size: number,
  bend: (x: number, y: number) => Vector = (x, y) => ({ x, y }),
): Cells {
  const seed = random.next();
  const cell = new Int32Array(side * side);
  const border = new Float32Array(side * side);
  for (let y = 0, pixel = 0; y < side; y++)
    for (let x = 0; x < side; x++, pixel++) {
      const at = bend(x, y);
      const u = at.x / size + 64;
      const v = at.y / size + 64;
      const column = Math.floor(u);
      const row = Math.floor(v);
      let first = 9;
      let second = 9;
      let owner = 0;
      for (let j = row - 1; j <= row + 1; j++)
        for (let i = column - 1; i <= column + 1; i++) {
          const hash = latticeHash(i, j, seed);
          // Jitter of 0.8: points of neighbouring squares never meet, so no cell vanishes.
          const dx = i + 0.1 + (0.8 * (hash & 0xffff)) / 65536 - u;
          const dy = j + 0.1 + (0.8 * (hash >>> 16)) / 65536 - v;
          const square = dx * dx + dy * dy;
          if (square < first) {
            second = first;
            first = square;
            owner = hash;
          } else if (square < second) second = square;
        }
      cell[pixel] = owner;
      // Half the difference of the two distances: exact on the line between both points.
      border[pixel] = ((Math.sqrt(second) - Math.sqrt(first)) * size) / 2;
    }
  return { cell, border };
}
