import type { Random } from '../../random.ts';
import { chance, direction, type Vector } from '../drawing.ts';
import { coarse, latticeHash, makeNoise } from '../noise.ts';
import { type Cells, voronoi } from '../voronoi.ts';

/** Fields: cells, and the row directions of the first and the second half of them. */
export interface Parcels extends Cells {
  readonly axis: Vector;
}

/**
 * Creates one of two kinds of farmland: strips and blocks that share an axis (consolidated land), or irregular
 * closes with bent borders (old enclosures).
 */
export function makeParcels(random: Random, side: number, size: number): Parcels {
  const axis = direction(random);
  if (chance(random, 0.7)) return { ...strips(random, side, size, axis), axis };
  const bendX = coarse(side, makeNoise(random, { scale: 24, octaves: 2 }));
  const bendY = coarse(side, makeNoise(random, { scale: 24, octaves: 2 }));
  const squeeze = random.uniform(0.55, 1);
  const cells = voronoi(random, side, size, (x, y) => ({
    x: x * axis.x + y * axis.y + 4 * bendX(x, y),
    y: (y * axis.x - x * axis.y + 4 * bendY(x, y)) * squeeze,
  }));
  return { ...cells, axis };
}

function strips(random: Random, side: number, size: number, axis: Vector): Cells {
  const reach = side * 1.5;
  const wide = random.uniform(0.5, 1.2) * size;
  const long = random.uniform(1, 2.6) * size;
  const columns = cuts(random, reach, wide);
  const rows = columns.map(() => cuts(random, reach, long));
  const cell = new Int32Array(side * side);
  const border = new Float32Array(side * side);
  const skew = random.uniform(-0.25, 0.25);
  const bend = coarse(side, makeNoise(random, { scale: 50 }));
  const bow = chance(random, 0.4) ? random.uniform(0, 8) : 0;
  for (let y = 0, pixel = 0; y < side; y++)
    for (let x = 0; x < side; x++, pixel++) {
      const u = x * axis.x + y * axis.y;
      const v = y * axis.x - x * axis.y;
      const column = locate(columns, u + skew * v + (bow === 0 ? 0 : bow * bend(x, y)));
      const row = locate(rows[column.index] ?? columns, v);
      cell[pixel] = latticeHash(column.index, row.index, 1);
      border[pixel] = Math.min(column.border, row.border);
    }
  return { cell, border };
}

/** Draws increasing positions from −reach to reach, `step` apart with a variation of half a step. */
function cuts(random: Random, reach: number, step: number): number[] {
  const positions = [-reach];
  for (let at = -reach; at < reach;) {
    at += step * random.uniform(0.5, 1.5);
    positions.push(at);
  }
  return positions;
}

function locate(positions: readonly number[], at: number): { index: number; border: number } {
  let index = 0;
  while (index + 2 < positions.length && (positions[index + 1] ?? 0) <= at) index++;
  const below = at - (positions[index] ?? 0);
  const above = (positions[index + 1] ?? 0) - at;
  return { index, border: Math.abs(Math.min(below, above)) };
}
