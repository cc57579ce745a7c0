import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Random } from '../random.ts';
import { PolygonTracer, type MaskPolygon, type PolygonOptions } from './polygons.ts';

type Picture = readonly (readonly number[])[];
type Point = readonly [number, number];

function traced(picture: Picture, options: PolygonOptions = {}): MaskPolygon[] {
  const tracer = new PolygonTracer(picture[0]?.length ?? 0, options);
  const found = picture.flatMap((row) => tracer.row(Uint8Array.from(row)));
  return [...found, ...tracer.end()];
}

const drawn = (text: string): Picture => text.split('/').map((row) => Array.from(row, Number));
const pointsOf = (ring: ArrayLike<number>): Point[] =>
  Array.from({ length: ring.length / 2 }, (_, at) => [
    ring[2 * at] ?? NaN,
    ring[2 * at + 1] ?? NaN,
  ]);
const edgesOf = (ring: ArrayLike<number>): [Point, Point][] => {
  const points = pointsOf(ring);
  return points.map((point, at) => [point, points[(at + 1) % points.length] ?? point]);
};
/** Signed area, px²; above 0 if the ring runs counter-clockwise as seen on screen, with rows going down. */
const areaOf = (ring: ArrayLike<number>): number =>
  edgesOf(ring).reduce((sum, [[x1, y1], [x2, y2]]) => sum + (x2 * y1 - x1 * y2) / 2, 0);
const total = (polygon: MaskPolygon): number =>
  polygon.rings.reduce((sum, ring) => sum + areaOf(ring), 0);

/** Finds regions pixel by pixel: a number for each pixel, -1 for background. */
function flooded(picture: Picture): number[][] {
  const numbers = picture.map((row) => row.map((value) => (value % 255 === 0 ? -1 : NaN)));
  let count = 0;
  for (const [y, row] of numbers.entries()) {
    for (const x of row.keys()) {
      if (!Number.isNaN(numbers[y]?.[x])) continue;
      const value = picture[y]?.[x];
      const open: Point[] = [[x, y]];
      for (let at = open.pop(); at !== undefined; at = open.pop()) {
        const [column, line] = at;
        const place = numbers[line];
        if (!Number.isNaN(place?.[column]) || picture[line]?.[column] !== value) continue;
        if (place) place[column] = count;
        open.push([column - 1, line], [column + 1, line], [column, line - 1], [column, line + 1]);
      }
      count++;
    }
  }
  return numbers;
}

/** True if a point is within rings, by the even-odd rule. */
function isWithin(rings: readonly ArrayLike<number>[], [x, y]: Point): boolean {
  const crossed = rings
    .flatMap(edgesOf)
    .filter(
      ([[x1, y1], [x2, y2]]) => y1 > y !== y2 > y && x < x1 + ((y - y1) * (x2 - x1)) / (y2 - y1),
    );
  return crossed.length % 2 === 1;
}

function centresOf(polygon: MaskPolygon, picture: Picture): string[] {
  return picture.flatMap((row, y) =>
    row.flatMap((_, x) => (isWithin(polygon.rings, [x + 0.5, y + 0.5]) ? [`${x} ${y}`] : [])),
  );
}

const pictures = (values: readonly number[]): fc.Arbitrary<Picture> =>
  fc
    .tuple(fc.integer({ min: 1, max: 9 }), fc.integer({ min: 1, max: 9 }))
    .chain(([width, height]) =>
      fc.array(fc.array(fc.constantFrom(...values), { minLength: width, maxLength: width }), {
        minLength: height,
        maxLength: height,
      }),
    );

/** Draws patches with ragged borders. */
function patches(seed: number, width: number, height: number): Picture {
  const random = new Random(seed);
  const seeds = Array.from({ length: 9 }, () => [
    random.integer(width),
    random.integer(height),
    [0, 1, 2, 3, 255][random.integer(5)] ?? 0,
  ]);
  return Array.from({ length: height }, (_, y) =>
    Array.from({ length: width }, (__, x) => {
      const away = seeds.map(
        ([cx = 0, cy = 0]) => Math.hypot(x - cx, y - cy) + random.uniform(0, 2),
      );
      return seeds[away.indexOf(Math.min(...away))]?.[2] ?? 0;
    }),
  );
}

describe('polygons of a mask', () => {
  it.each([
    ['a pixel', '1', [[1, [1, 0, 0, 0, 0, 1, 1, 1]]]],
    ['nothing', '00/00', []],
    [
      'corners that touch are apart',
      '10/01',
      [
        [1, [1, 0, 0, 0, 0, 1, 1, 1]],
        [1, [2, 1, 1, 1, 1, 2, 2, 2]],
      ],
    ],
  ] as const)('%s', (_, text, wanted) => {
    const found = traced(drawn(text)).map(({ value, rings }) => [
      value,
      ...rings.map((ring) => fromTopRight(ring)),
    ]);
    expect(found).toEqual(wanted);
  });

  it('holes that touch at a corner are two, each a simple ring', () => {
    const [polygon] = traced(drawn('1111/1011/1101/1111'));
    expect(polygon?.rings.map(areaOf)).toEqual([16, -1, -1]);
  });

  it('a hole that touches the outside at a corner is a hole', () => {
    const [polygon] = traced(drawn('0111/1101/1111'));
    expect(polygon?.rings.map(areaOf)).toEqual([11, -1]);
    const touching = traced(drawn('1110/1011/1111').map((row) => [...row].reverse()));
    expect(touching).toHaveLength(1);
    const [open] = traced(drawn('011/101/111'));
    expect(open?.rings.map(areaOf)).toEqual([8, -1]);
  });

  it('a corner where three regions meet belongs to all of them', () => {
    const rings = traced(drawn('11/23')).map(({ rings: [outer = []] }) => pointsOf(outer));
    expect(rings).toHaveLength(3);
    for (const ring of rings) expect(ring).toContainEqual([1, 1]);
  });

  it('have the pixels of their regions, and run counter-clockwise around them', () => {
    fc.assert(
      fc.property(pictures([0, 1, 2, 255]), (picture) => {
        const numbers = flooded(picture).flatMap((row, y) => row.map((id, x) => [id, `${x} ${y}`]));
        const regions = Map.groupBy(numbers, ([id]) => id);
        regions.delete(-1);
        const wanted = [...regions.values()].map((pixels) =>
          pixels.map(([, place]) => place).join(),
        );
        const polygons = traced(picture);
        const found = polygons.map((polygon) => centresOf(polygon, picture).join());
        expect(found.toSorted()).toEqual(wanted.toSorted());
        for (const polygon of polygons) {
          expect(total(polygon)).toBe(polygon.pixels);
          expect(polygon.rings.map((ring) => areaOf(ring) > 0)).toEqual(
            polygon.rings.map((_, at) => at === 0),
          );
          for (const ring of polygon.rings) {
            const places = pointsOf(ring).map(String);
            expect(new Set(places).size).toBe(places.length);
          }
        }
      }),
      { numRuns: 400 },
    );
  });

  it('leave out small regions, and count them', () => {
    const tracer = new PolygonTracer(4, { smallest: 3 });
    const picture = drawn('1022/1022/1300');
    const found = [...picture.flatMap((row) => tracer.row(Uint8Array.from(row))), ...tracer.end()];
    expect(found.map(({ value, pixels }) => [value, pixels])).toEqual([
      [2, 4],
      [1, 3],
    ]);
    expect(tracer.dropped).toEqual({ regions: 1, pixels: 1 });
  });

  it('state the area of their pixels in another unit', () => {
    const runArea = (row: number, from: number, to: number): number => (row + 1) * (to - from);
    expect(traced(drawn('1100/0111'), { runArea })).toMatchObject([{ pixels: 5, area: 8 }]);
    expect(traced(drawn('1'))).toMatchObject([{ area: null }]);
  });

  it('refuses a row of another width', () => {
    expect(() => new PolygonTracer(2).row(new Uint8Array(3))).toThrow('a row of 2 values, got 3');
  });
});

/** Rotates a ring to begin with the rightmost of its uppermost corners. */
function fromTopRight(ring: ArrayLike<number>): number[] {
  const points = pointsOf(ring);
  const key = ([x, y]: Point): number => y * 1000 - x;
  const first = points.reduce(
    (best, point, at) => (key(point) < key(points[best] ?? point) ? at : best),
    0,
  );
  return [...points.slice(first), ...points.slice(0, first)].flat();
}

/** Sign of the side of the line from a to b on which c is. */
const turn = ([ax, ay]: Point, [bx, by]: Point, [cx, cy]: Point): number =>
  Math.sign((bx - ax) * (cy - ay) - (by - ay) * (cx - ax));
const isSame = (a: Point, b: Point): boolean => a[0] === b[0] && a[1] === b[1];
const isBetween = (a: Point, b: Point, p: Point): boolean =>
  turn(a, b, p) === 0 &&
  Math.min(a[0], b[0]) <= p[0] &&
  p[0] <= Math.max(a[0], b[0]) &&
  Math.min(a[1], b[1]) <= p[1] &&
  p[1] <= Math.max(a[1], b[1]);

/** True if two edges share more than one end of both. */
function areCrossing([a, b]: [Point, Point], [c, d]: [Point, Point]): boolean {
  const inner = (p: Point, q: Point, point: Point): boolean =>
    isBetween(p, q, point) && !isSame(p, point) && !isSame(q, point);
  if (inner(a, b, c) || inner(a, b, d) || inner(c, d, a) || inner(c, d, b)) return true;
  return turn(a, b, c) * turn(a, b, d) < 0 && turn(c, d, a) * turn(c, d, b) < 0;
}

/** Distance from a point to the nearest edge, px. */
function distanceTo(edges: readonly [Point, Point][], [x, y]: Point): number {
  return Math.min(
    ...edges.map(([[ax, ay], [bx, by]]) => {
      const [dx, dy] = [bx - ax, by - ay];
      const along = ((x - ax) * dx + (y - ay) * dy) / (dx * dx + dy * dy);
      const at = Math.min(1, Math.max(0, along));
      return Math.hypot(x - ax - at * dx, y - ay - at * dy);
    }),
  );
}

function checkSimplified(picture: Picture, tolerance: number): { before: number; after: number } {
  const exact = traced(picture);
  const simple = traced(picture, { tolerance });
  expect(simple.map(({ value, pixels, rings }) => [value, pixels, rings.length])).toEqual(
    exact.map(({ value, pixels, rings }) => [value, pixels, rings.length]),
  );
  for (const { rings } of simple) {
    expect(rings.map((ring) => areaOf(ring) > 0)).toEqual(rings.map((_, at) => at === 0));
  }
  const all = simple.flatMap(({ rings }) => rings.flatMap(edgesOf));
  // Each direction of an edge has one region on its left.
  const owned = new Set(all.map(String));
  expect(owned.size).toBe(all.length);
  const unique = all.filter(([a, b]) => !owned.has(String([b, a])) || String(a) < String(b));
  const crossing = unique.flatMap((edge, at) =>
    unique.slice(at + 1).filter((other) => areCrossing(edge, other)),
  );
  expect(crossing).toEqual([]);
  for (const [at, { rings }] of exact.entries()) {
    const edges = simple[at]?.rings.flatMap(edgesOf) ?? [];
    const far = rings.flatMap(pointsOf).map((point) => distanceTo(edges, point));
    expect(Math.max(...far)).toBeLessThanOrEqual(tolerance + 1e-9);
  }
  const corners = (polygons: readonly MaskPolygon[]): number =>
    polygons.reduce(
      (sum, { rings }) => sum + rings.reduce((all2, { length }) => all2 + length, 0),
      0,
    );
  return { before: corners(exact), after: corners(simple) };
}

describe('polygons with a tolerance', () => {
  it('share their borders, cross nowhere and stay near', () => {
    fc.assert(
      fc.property(
        pictures([0, 1, 2, 3]),
        fc.constantFrom(0.8, 1.5, 4, 100),
        (picture, tolerance) => {
          checkSimplified(picture, tolerance);
        },
      ),
      { numRuns: 300 },
    );
  });

  it.each([1, 2, 3])('have fewer corners: patches %i', (seed) => {
    const { before, after } = checkSimplified(patches(seed, 40, 30), 1.5);
    expect(after).toBeLessThan(before / 2);
  });

  it('keep two regions between the same two corners separate', () => {
    // A lens of 1 between two halves: its two borders have the same ends.
    const picture = drawn('22222222/22111122/33111133/33333333');
    const found = traced(picture, { tolerance: 100 });
    expect(found).toHaveLength(3);
    const lens = found.find(({ value }) => value === 1);
    expect(areaOf(lens?.rings[0] ?? [])).toBeGreaterThan(0);
    checkSimplified(picture, 100);
  });

  it('reduce a straight border to two corners', () => {
    const stairs = Array.from({ length: 20 }, (_, y) =>
      Array.from({ length: 20 }, (__, x) => (x > y ? 1 : 2)),
    );
    const found = traced(stairs, { tolerance: 1 });
    expect(found).toHaveLength(2);
    for (const { rings } of found) {
      expect((rings[0]?.length ?? 0) / 2).toBeLessThanOrEqual(5);
    }
  });

  it('are the same in a mask longer than the lookback', () => {
    const short = patches(4, 30, 40);
    const empty = Array.from({ length: 700 }, () => new Array<number>(30).fill(0));
    const wanted = traced(short, { tolerance: 1.5 });
    const found = traced([...empty, ...short], { tolerance: 1.5 });
    expect(found.map(({ rings }) => rings.map((ring) => [...ring]))).toEqual(
      wanted.map(({ rings }) =>
        rings.map((ring) => [...ring].map((value, at) => (at % 2 === 0 ? value : value + 700))),
      ),
    );
  });
});
