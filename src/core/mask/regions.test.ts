import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readArea, reduceInto } from './area.ts';
import { Flood } from './flood.ts';
import { isBorder, outlineEdges } from './outline.ts';
import { countRuns, decodeRuns, encodeRuns, replaceInRuns } from './run-length.ts';
import { SparseMask } from './sparse-mask.ts';
import type { TiledValues } from './sparse-mask.ts';
import { halveTile, tilePixels, tileSide } from './tiles.ts';
import type { TilePlace } from './tiles.ts';

/** Small picture across the corner of four tiles. */
const side = 10;
const corner = tileSide - side / 2;
const size = { width: corner + side, height: corner + side };
const area = { x: corner, y: corner, width: side, height: side };

const picture = fc.array(fc.integer({ min: 1, max: 3 }), {
  minLength: side * side,
  maxLength: side * side,
});

function tileOf(x: number, y: number): TilePlace {
  return { x: Math.floor(x / tileSide), y: Math.floor(y / tileSide) };
}

function maskOf(values: readonly number[]): SparseMask {
  const mask = new SparseMask(size);
  values.forEach((value, at) => {
    const [x, y] = [corner + (at % side), corner + Math.floor(at / side)];
    const tile = mask.writable(tileOf(x, y));
    if (tile) tile[(y % tileSide) * tileSide + (x % tileSide)] = value;
  });
  return mask;
}

/** Finds the pixels of the picture that are connected to one and have its value, by repeated spreading. */
function regionOf(values: readonly number[], seed: number): boolean[] {
  const region = values.map((_, at) => at === seed);
  for (let grown = true; grown;) {
    grown = false;
    values.forEach((value, at) => {
      if (region[at] === true || value !== values[seed]) return;
      const [x, y] = [at % side, Math.floor(at / side)];
      const beside = [
        x > 0 && region[at - 1],
        x < side - 1 && region[at + 1],
        y > 0 && region[at - side],
        y < side - 1 && region[at + side],
      ];
      if (beside.includes(true)) {
        region[at] = true;
        grown = true;
      }
    });
  }
  return region;
}

function grownOf(flood: Flood): boolean[] {
  const region = Array.from({ length: side * side }, () => false);
  flood.runs((y, left, right) => {
    for (let x = left; x < right; x++) {
      const at = (y - corner) * side + x - corner;
      expect(region[at]).toBe(false);
      region[at] = true;
    }
  });
  return region;
}

const seeds = fc.integer({ min: 0, max: side * side - 1 });

describe('a region', () => {
  it('consists of all connected pixels of the same value', () => {
    fc.assert(
      fc.property(picture, seeds, (values, seed) => {
        const value = values[seed] ?? 0;
        const at = { x: corner + (seed % side), y: corner + Math.floor(seed / side) };
        const flood = new Flood(maskOf(values), at, value, value);
        expect(flood.grow()).toEqual([]);
        expect(grownOf(flood)).toEqual(regionOf(values, seed));
        expect(flood.count).toBe(grownOf(flood).filter(Boolean).length);
      }),
    );
  });

  it('is the same if tiles arrive late, one at a time', () => {
    fc.assert(
      fc.property(picture, seeds, (values, seed) => {
        const value = values[seed] ?? 0;
        const whole = maskOf(values);
        const late = new SparseMask(size, whole.places());
        const at = { x: corner + (seed % side), y: corner + Math.floor(seed / side) };
        const flood = new Flood(late, at, value, value);
        for (let needs = flood.grow(); needs.length > 0; needs = flood.grow()) {
          const [place] = needs;
          if (place) late.put(place, whole.tile(place)?.slice() ?? null);
        }
        expect(grownOf(flood)).toEqual(regionOf(values, seed));
      }),
    );
  });

  it('ends when it grows too large', () => {
    const blank = new SparseMask({ width: 4000, height: 4000 });
    const flood = new Flood(blank, { x: 5, y: 5 }, 0, 0, 100_000);
    expect(flood.grow()).toEqual([]);
    expect(flood.isTooLarge).toBe(true);
    expect(flood.count).toBeLessThan(100_000 + 2 * tileSide);
  });

  it('extends over values in a range, such as those of a picture', () => {
    const values: TiledValues = {
      size: { width: 400, height: 1 },
      tile: () => Float32Array.from({ length: tilePixels }, (_, at) => (at % tileSide) / 2),
    };
    const flood = new Flood(values, { x: 100, y: 0 }, 45, 55);
    expect(flood.grow()).toEqual([]);
    const found: number[][] = [];
    flood.runs((...run) => found.push(run));
    expect(found).toEqual([[0, 90, 111]]);
  });

  it('is empty outside the image', () => {
    const flood = new Flood(new SparseMask(size), { x: -1, y: 0 }, 0, 0);
    expect(flood.grow()).toEqual([]);
    expect(flood.count).toBe(0);
  });
});

describe('an outline', () => {
  it('is drawn where a region has a neighbour of another value', () => {
    fc.assert(
      fc.property(picture, (values) => {
        const mask = maskOf(values.map((value) => value - 1));
        const around = { x: corner - 1, y: corner - 1, width: side + 2, height: side + 2 };
        const read = readArea(mask, around);
        const found = new Set<string>();
        const marked = new Set<string>();
        outlineEdges(read, (value, edge, x, y, length) => {
          for (let along = 0; along < length; along++) {
            const isRow = edge === 'top' || edge === 'bottom';
            const [column, row] = isRow ? [x + along, y] : [x, y + along];
            const name = `${value} ${edge} ${column},${row}`;
            expect(found.has(name)).toBe(false);
            found.add(name);
            marked.add(`${column},${row}`);
          }
        });
        const wanted = new Set<string>();
        const valueOf = (x: number, y: number): number =>
          x < 0 || y < 0 || x >= side || y >= side ? 0 : (values[y * side + x] ?? 1) - 1;
        for (let y = 0; y < side; y++) {
          for (let x = 0; x < side; x++) {
            const value = valueOf(x, y);
            if (value === 0) continue;
            const place = `${corner + x},${corner + y}`;
            if (valueOf(x, y - 1) !== value) wanted.add(`${value} top ${place}`);
            if (valueOf(x, y + 1) !== value) wanted.add(`${value} bottom ${place}`);
            if (valueOf(x - 1, y) !== value) wanted.add(`${value} left ${place}`);
            if (valueOf(x + 1, y) !== value) wanted.add(`${value} right ${place}`);
            const at = (y + 1) * (side + 2) + x + 1;
            expect(isBorder(read, at)).toBe(marked.has(place));
          }
        }
        expect(found).toEqual(wanted);
      }),
    );
  });
});

it('reduces a part of a tile like the whole tile', () => {
  const tile = Uint8Array.from({ length: tilePixels }, (_, at) => ((at * 2654435761) >>> 13) % 3);
  const place = { x: 5, y: 2 };
  const span = fc.integer({ min: 0, max: 511 });
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 9 }), span, span, span, span, (level, a, b, c, d) => {
      let wanted = tile;
      for (let halved = 0; halved < level; halved++) {
        wanted = halveTile(wanted, tileSide / 2 ** halved) as typeof wanted;
      }
      const part = {
        x: Math.min(a, b),
        y: Math.min(c, d),
        width: Math.abs(a - b) + 1,
        height: Math.abs(c - d) + 1,
      };
      const coarse = new Uint8Array(tilePixels).fill(9);
      const written = reduceInto(coarse, level, place, tile, part);
      const step = 2 ** level;
      const [left, top] = [(place.x % step) * (512 / step), (place.y % step) * (512 / step)];
      for (let y = 0; y < written.height; y++) {
        for (let x = 0; x < written.width; x++) {
          const at = (written.y + y) * tileSide + written.x + x;
          const from = (written.y + y - top) * (512 / step) + written.x + x - left;
          if (coarse[at] !== wanted[from]) throw new Error(`differs at ${x}, ${y}`);
        }
      }
      expect((written.x - left) * step).toBeLessThanOrEqual(part.x);
      expect((written.x - left + written.width) * step).toBeGreaterThanOrEqual(part.x + part.width);
      expect(coarse.filter((value) => value !== 9)).toHaveLength(written.width * written.height);
    }),
    { numRuns: 40 },
  );
});

it('encodes and decodes runs of values', () => {
  const runs = fc.array(
    fc.tuple(fc.integer({ min: 0, max: 255 }), fc.integer({ min: 1, max: 40_000 })),
    { maxLength: 8 },
  );
  fc.assert(
    fc.property(runs, (parts) => {
      const values = parts.flatMap(([value, count]) => Array<number>(count).fill(value));
      const coded = encodeRuns(Uint8Array.from(values));
      const back: number[] = [];
      decodeRuns(coded, (from, to, value) => {
        expect(from).toBe(back.length);
        for (let at = from; at < to; at++) back.push(value);
      });
      expect(Buffer.compare(Uint8Array.from(back), Uint8Array.from(values))).toBe(0);
      expect(coded.length).toBeLessThanOrEqual(4 * parts.length);
      const { length, counts } = countRuns(coded);
      expect(length).toBe(values.length);
      for (const value of [...counts.keys(), ...values.slice(0, 1)]) {
        const pixels = values.filter((other) => other === value).length;
        expect(counts.get(value) ?? 0).toBe(value === 0 ? 0 : pixels);
      }
    }),
    { numRuns: 30 },
  );
});

it('encodes values at any offset in memory, and replaces others', () => {
  const part = fc.tuple(fc.integer({ min: 0, max: 3 }), fc.integer({ min: 1, max: 40 }));
  const start = fc.integer({ min: 0, max: 3 });
  fc.assert(
    fc.property(fc.array(part, { maxLength: 12 }), start, (parts, from) => {
      const values = parts.flatMap(([value, count]) => Array<number>(count).fill(value));
      const lying = Uint8Array.from([...Array<number>(from).fill(0), ...values]).subarray(from);
      const coded = encodeRuns(lying);
      expect(coded).toEqual(encodeRuns(Uint8Array.from(values)));
      const becomes = Uint8Array.from({ length: 256 }, (_, value) => (value === 2 ? 0 : value));
      const back: number[] = [];
      decodeRuns(replaceInRuns(coded, becomes), (begin, end, value) => {
        back.push(...Array<number>(end - begin).fill(value));
      });
      expect(back).toEqual(values.map((value) => becomes[value]));
    }),
  );
});

it('reads a rectangle beyond the image as background', () => {
  const mask = maskOf(Array<number>(side * side).fill(2));
  const read = readArea(mask, { ...area, x: corner - 3, width: side + 8 });
  expect([...read.values.subarray(0, side + 8)]).toEqual([
    ...[0, 0, 0],
    ...Array<number>(side).fill(2),
    ...[0, 0, 0, 0, 0],
  ]);
});
