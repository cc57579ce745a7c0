import { describe, expect, test } from 'vitest';
import { Random } from '../random.ts';
import { OpenRows, tileWeights } from './blend.ts';
import { tileGrid } from './tile-plan.ts';

describe('weights of a tile', () => {
  test('rise from its edge to its middle and are never 0', () => {
    const weights = tileWeights(8, { isFirst: false, isLast: false });
    // sin²(π (i + ½) / 8)
    const expected = [0, 1, 2, 3, 4, 5, 6, 7].map((i) => Math.sin((Math.PI * (i + 0.5)) / 8) ** 2);
    for (const [at, value] of weights.entries()) expect(value).toBeCloseTo(expected[at] ?? 0, 6);
    expect(Math.min(...weights)).toBeGreaterThan(0);
  });

  test('of halves that overlap add up to 1', () => {
    const weights = tileWeights(32, { isFirst: false, isLast: false });
    for (let at = 0; at < 16; at++) {
      expect((weights[at] ?? 0) + (weights[at + 16] ?? 0)).toBeCloseTo(1, 6);
    }
  });

  test('are 1 towards the border of the image', () => {
    const first = tileWeights(6, { isFirst: true, isLast: false });
    expect([...first.subarray(0, 3)]).toEqual([1, 1, 1]);
    expect(first[5]).toBeLessThan(0.1);
    expect([...tileWeights(5, { isFirst: true, isLast: true })]).toEqual([1, 1, 1, 1, 1]);
  });
});

interface Case {
  readonly width: number;
  readonly height: number;
  readonly side: number;
  readonly overlap: number;
  readonly classes: number;
}

/** Tiles of random probabilities. */
function tilesOf({ width, height, side, overlap, classes }: Case) {
  const random = new Random(width, height, side);
  const { columns, rows } = tileGrid({ width, height }, side, overlap);
  const ends = (start: number, length: number) =>
    tileWeights(side, { isFirst: start === 0, isLast: start + side >= length });
  return rows.flatMap((y) =>
    columns.map((x) => ({
      x,
      y,
      offset: 3,
      across: ends(x, width),
      down: ends(y, height),
      values: Float32Array.from({ length: 3 + classes * side * side }, () => random.uniform()),
    })),
  );
}

/** Plain implementation: all of it in memory, in double precision and divided by the weights. */
function plainly({ width, height, side, classes, overlap }: Case): { sums: Float64Array[] } {
  const sums = Array.from({ length: classes }, () => new Float64Array(width * height));
  const weights = new Float64Array(width * height);
  for (const tile of tilesOf({ width, height, side, classes, overlap })) {
    for (let y = 0; y < side && tile.y + y < height; y++) {
      for (let x = 0; x < side && tile.x + x < width; x++) {
        const weight = (tile.down[y] ?? 0) * (tile.across[x] ?? 0);
        const at = (tile.y + y) * width + tile.x + x;
        weights[at] = (weights[at] ?? 0) + weight;
        for (const [one, plane] of sums.entries()) {
          const value = tile.values[3 + (one * side + y) * side + x] ?? 0;
          plane[at] = (plane[at] ?? 0) + weight * value;
        }
      }
    }
  }
  for (const plane of sums) {
    for (let at = 0; at < plane.length; at++) plane[at] = (plane[at] ?? 0) / (weights[at] ?? 0);
  }
  return { sums };
}

function blended(one: Case, left = 0, right = one.width): Uint8Array {
  const open = new OpenRows({ left, right, height: one.height }, one.side, one.classes, 0);
  const out = new Uint8Array((right - left) * one.height);
  const line = (): Uint8Array => out.subarray(open.next * (right - left));
  for (const tile of tilesOf(one)) {
    if (tile.x >= right || tile.x + one.side <= left) continue;
    while (open.next < tile.y) open.closeRow(line().subarray(0, right - left));
    open.add(tile);
  }
  while (open.next < one.height) open.closeRow(line().subarray(0, right - left));
  return out;
}

const cases: Case[] = [
  { width: 30, height: 23, side: 8, overlap: 0.5, classes: 3 },
  { width: 31, height: 8, side: 7, overlap: 0.75, classes: 5 },
  { width: 5, height: 30, side: 9, overlap: 0.25, classes: 2 },
  { width: 4, height: 3, side: 9, overlap: 0, classes: 4 },
];

describe('tiles that are blended', () => {
  test.each(cases)('give the class with the most: $width × $height in $side', (one) => {
    const found = blended(one);
    const { sums } = plainly(one);
    for (let at = 0; at < found.length; at++) {
      const shares = sums.map((plane) => plane[at] ?? 0);
      const most = Math.max(...shares);
      // Single precision may swap two sums that are almost equal.
      expect(shares[found[at] ?? 0]).toBeGreaterThan(most - 1e-5);
    }
    expect(new Set(found).size).toBe(one.classes);
  });

  test.each(cases)('give bit-identical results in bands: $width × $height in $side', (one) => {
    const whole = blended(one);
    for (const [left, right] of [
      [0, 2],
      [2, one.width],
      [1, 3],
    ] as const) {
      const part = blended(one, left, right);
      for (let y = 0; y < one.height; y++) {
        const row = whole.subarray(y * one.width + left, y * one.width + right);
        expect(part.subarray(y * (right - left), (y + 1) * (right - left))).toEqual(row);
      }
    }
  });

  test('give the first of equal classes', () => {
    const open = new OpenRows({ left: 0, right: 1, height: 1 }, 1, 3, 0);
    const one = Float32Array.of(1);
    open.add({
      values: Float32Array.of(0.2, 0.4, 0.4),
      offset: 0,
      x: 0,
      y: 0,
      across: one,
      down: one,
    });
    const out = new Uint8Array(1);
    open.closeRow(out);
    expect([...out]).toEqual([1]);
  });
});
