import type { Random } from '../../random.ts';
import { around, clamp, direction, pick } from '../drawing.ts';
import { makeNoise, plane } from '../noise.ts';
import { makeLine } from './lines.ts';
import type { Cover } from './scene.ts';

/** Covers found next to each cover; more frequent ones are listed repeatedly. */
const neighbours: Record<Cover, readonly Cover[]> = {
  water: ['forest', 'crops', 'crops', 'town', 'bare'],
  forest: ['crops', 'crops', 'bare'],
  crops: ['forest', 'forest', 'forest', 'town', 'bare'],
  town: ['crops', 'forest', 'water', 'bare'],
  bare: ['forest', 'forest', 'water', 'town'],
};

/**
 * Largest share of a tile that may have other covers. Water keeps its label with any shore; forest and bare land
 * only with little else in the tile.
 */
const mostOther: Record<Cover, number> = {
  water: 0.4,
  forest: 0.1,
  crops: 0.16,
  town: 0.28,
  bare: 0.12,
};

const shapesOnLand = ['shore', 'shore', 'band', 'corner', 'patches'] as const;

/** Shapes of the other covers. Water is a river as often as a lake, and its islands are few. */
const shapes: Record<Cover, readonly (typeof shapesOnLand)[number][]> = {
  water: ['band', 'band', 'band', 'band', 'shore', 'shore', 'corner', 'patches'],
  forest: ['shore', 'corner', 'patches'],
  crops: shapesOnLand,
  town: shapesOnLand,
  bare: shapesOnLand,
};

/** Cover laid over the tile's label, with its share of each pixel, soft along its edge. */
export interface CoverRegion {
  readonly cover: Cover;
  readonly share: Float32Array;
}

/**
 * Adds up to two other covers to a tile, each where a random field is highest. Thresholds are quantiles, so that the
 * shares are as chosen and the label stays dominant.
 */
export function makeRegions(random: Random, side: number, label: Cover): CoverRegion[] {
  const regions: CoverRegion[] = [];
  const count = pick(random, label === 'water' ? [0, 0, 0, 1, 2, 2] : [0, 0, 0, 0, 0, 1, 1, 2]);
  const total = around(random, 0.02, mostOther[label]);
  for (let left = count; left > 0; left--) {
    const cover = pick(
      random,
      neighbours[label].filter((other) => regions.every(({ cover }) => cover !== other)),
    );
    const field = shapeField(random, side, label);
    const threshold = quantile(field, 1 - total / count);
    regions.push({ cover, share: coverage(field, side, threshold) });
  }
  return regions;
}

/** Random field that is high on one side of a shore, along a band, around a corner, or in patches. */
function shapeField(random: Random, side: number, label: Cover): Float32Array {
  const rough = random.uniform(0.1, 0.5);
  const detail = makeNoise(random, { scale: random.uniform(14, 30), octaves: 4, roughness: 0.5 });
  const kind = pick(random, shapes[label]);
  if (kind === 'patches') return plane(side, detail);
  if (kind === 'band') {
    const line = makeLine(random, side, random.uniform(2, 14));
    // The label is along the line or, if it is not a river, is crossed by a band of the other cover.
    const sign = label === 'water' ? 1 : -1;
    return plane(side, (x, y) => 6 * rough * detail(x, y) + sign * Math.abs(line.distance(x, y)));
  }
  if (kind === 'corner') {
    const centre = { x: random.integer(2) * side, y: random.integer(2) * side };
    return plane(side, (x, y) => {
      const dx = (x - centre.x) / side;
      const dy = (y - centre.y) / side;
      return rough * detail(x, y) - Math.sqrt(dx * dx + dy * dy);
    });
  }
  const towards = direction(random);
  return plane(side, (x, y) => rough * detail(x, y) + (2 * (x * towards.x + y * towards.y)) / side);
}

/** Share of each pixel above the threshold, treating the field as a ramp across the pixel. */
function coverage(field: Float32Array, side: number, threshold: number): Float32Array {
  return field.map((value, pixel) => {
    const x = pixel % side;
    const besideX = field[x + 1 < side ? pixel + 1 : pixel - 1] ?? 0;
    const besideY = field[pixel + side < field.length ? pixel + side : pixel - side] ?? 0;
    const slope = Math.abs(besideX - value) + Math.abs(besideY - value);
    return clamp(0.5 + (value - threshold) / Math.max(slope, 1e-6));
  });
}

function quantile(values: Float32Array, share: number): number {
  const sorted = values.slice().sort();
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? 0;
}
