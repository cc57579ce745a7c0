import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Rectangle } from '../mask/tiles.ts';
import { boundaryCounts, boundaryF1, readFromMasks } from './boundary-f1.ts';
import type { BoundaryOptions, MaskPair } from './boundary-f1.ts';

/** Parses a mask from rows of digits, '.' for 255. */
function mask(rows: readonly string[]): Uint8Array {
  return Uint8Array.from(rows.join(''), (letter) => (letter === '.' ? 255 : Number(letter)));
}

function countsOfRows(
  truth: readonly string[],
  predicted: readonly string[],
  options: Partial<BoundaryOptions> & Pick<BoundaryOptions, 'tolerance'>,
) {
  const size = { width: truth[0]?.length ?? 0, height: truth.length };
  const read = readFromMasks({ truth: mask(truth), predicted: mask(predicted) }, size);
  return boundaryCounts(size, read, { classes: 4, ...options });
}

/** Counts of class 1: predicted, predicted near, truth, truth near. */
function ofFirstClass(counts: ReturnType<typeof countsOfRows>): (number | undefined)[] {
  return [counts.predicted[1], counts.predictedNear[1], counts.truth[1], counts.truthNear[1]];
}

const exact = { distance: 0 };

describe('the boundary pixels', () => {
  it.each([
    {
      what: 'a square is its ring',
      rows: ['00000', '01110', '01110', '01110', '00000'],
      boundary: 8,
    },
    { what: 'the border of the image is none', rows: ['1111', '1111', '1100'], boundary: 3 },
    { what: 'an image of one class has none', rows: ['11', '11'], boundary: 0 },
    { what: 'diagonal neighbours make none', rows: ['011', '111', '111'], boundary: 2 },
    { what: 'another class makes one', rows: ['1122', '1122'], boundary: 2 },
    { what: 'unknown pixels make none', rows: ['1.00', '1.00'], boundary: 0 },
    { what: 'nor are they one', rows: ['.10', '.10'], boundary: 2 },
  ])('$what', ({ rows, boundary }) => {
    expect(ofFirstClass(countsOfRows(rows, rows, { tolerance: exact }))).toEqual(
      Array<number>(4).fill(boundary),
    );
  });

  it('excludes pixels that are unknown in either mask', () => {
    // The prediction changes from 1 to 0 where the truth is unknown.
    const counts = countsOfRows(['1.0', '100'], ['110', '110'], { tolerance: exact });
    expect(ofFirstClass(counts)).toEqual([1, 0, 1, 0]);
    const turned = countsOfRows(['110', '110'], ['1.0', '100'], { tolerance: exact });
    expect(ofFirstClass(turned)).toEqual([1, 0, 1, 0]);
  });

  it('does not count background', () => {
    const counts = countsOfRows(['0011'], ['0111'], { tolerance: { distance: 5 } });
    expect([counts.predicted[0], counts.truth[0]]).toEqual([0, 0]);
  });
});

describe('the tolerance', () => {
  // One pixel each, three columns and four rows apart: five pixels.
  const apart = {
    truth: ['00000', '01000', '00000', '00000', '00000', '00000', '00000'],
    predicted: ['00000', '00000', '00000', '00000', '00000', '00001', '00000'],
  };

  it.each([
    { distance: 5, near: 1 },
    { distance: 4.999, near: 0 },
    { distance: 1000, near: 1 },
    { distance: 9, spacing: { x: 3, y: 0.1 }, near: 0 },
    // 9.0088…
    { distance: 9.01, spacing: { x: 3, y: 0.1 }, near: 1 },
    { distance: 12, spacing: { x: 0.1, y: 3 }, near: 0 },
    { distance: 12.01, spacing: { x: 0.1, y: 3 }, near: 1 },
  ])('$distance at spacing $spacing', ({ distance, spacing, near }) => {
    const tolerance = { distance, spacing };
    const counts = countsOfRows(apart.truth, apart.predicted, { tolerance });
    expect(ofFirstClass(counts)).toEqual([1, near, 1, near]);
  });

  it('slices 3 mm apart: one step across is within 3 mm, and three down', () => {
    const tolerance = { distance: 3, spacing: { x: 3, y: 1 } };
    const across = countsOfRows(['01000'], ['00100'], { tolerance });
    expect(ofFirstClass(across)).toEqual([1, 1, 1, 1]);
    const farAcross = countsOfRows(['01000'], ['00010'], { tolerance });
    expect(ofFirstClass(farAcross)).toEqual([1, 0, 1, 0]);
    const column = (at: number) => Array.from({ length: 7 }, (_, row) => (row === at ? '1' : '0'));
    const down = countsOfRows(column(1), column(4), { tolerance });
    expect(ofFirstClass(down)).toEqual([1, 1, 1, 1]);
    const farDown = countsOfRows(column(1), column(5), { tolerance });
    expect(ofFirstClass(farDown)).toEqual([1, 0, 1, 0]);
  });

  it('counts three steps of 0.1 as 0.3, in spite of rounding', () => {
    const tolerance = { distance: 0.3, spacing: { x: 0.1, y: 0.1 } };
    const counts = countsOfRows(['010000'], ['000010'], { tolerance });
    expect(ofFirstClass(counts)).toEqual([1, 1, 1, 1]);
  });

  it('applies to pixels of the same class', () => {
    const counts = countsOfRows(['01000'], ['02000'], { tolerance: { distance: 2 } });
    expect(ofFirstClass(counts)).toEqual([0, 0, 1, 0]);
    expect([counts.predicted[2], counts.predictedNear[2]]).toEqual([1, 0]);
  });
});

describe('the F1 of counts', () => {
  const score = (predicted: number, predictedNear: number, truth: number, truthNear: number) =>
    boundaryF1(
      {
        predicted: Float64Array.of(0, predicted),
        predictedNear: Float64Array.of(0, predictedNear),
        truth: Float64Array.of(0, truth),
        truthNear: Float64Array.of(0, truthNear),
      },
      1,
    );

  it.each([
    // Precision 1/2, recall 3/4.
    { counts: [4, 2, 8, 6], f1: 0.6 },
    { counts: [4, 4, 8, 8], f1: 1 },
    { counts: [4, 0, 8, 0], f1: 0 },
    { counts: [4, 0, 0, 0], f1: 0 },
    { counts: [0, 0, 8, 0], f1: 0 },
  ] satisfies { counts: [number, number, number, number]; f1: number }[])(
    '$counts',
    ({ counts, f1 }) => {
      expect(score(...counts)).toBeCloseTo(f1, 12);
    },
  );

  it('is undefined without a boundary', () => {
    expect(score(0, 0, 0, 0)).toBeNaN();
  });
});

describe('any masks', () => {
  const value = fc.constantFrom(0, 0, 1, 1, 2, 3, 255);
  const scene = fc
    .record({
      width: fc.integer({ min: 1, max: 9 }),
      height: fc.integer({ min: 1, max: 12 }),
      distance: fc.constantFrom(0, 1, 1.5, 2, 3.7, 20),
      spacing: fc.constantFrom(undefined, { x: 3, y: 1 }, { x: 0.3, y: 0.8 }),
    })
    .chain(({ width, height, distance, spacing }) => {
      const pixels = fc
        .array(value, { minLength: width * height, maxLength: width * height })
        .map((values) => Uint8Array.from(values));
      const size = { width, height };
      return fc.record({
        size: fc.constant(size),
        truth: pixels,
        predicted: pixels,
        tolerance: fc.constant({ distance, spacing }),
      });
    });

  it('agree with distances between all pairs of boundary pixels', () => {
    fc.assert(
      fc.property(scene, ({ size, truth, predicted, tolerance }) => {
        const pair = { truth, predicted };
        const counts = boundaryCounts(size, readFromMasks(pair, size), { classes: 4, tolerance });
        const { x, y } = tolerance.spacing ?? { x: 1, y: 1 };
        const isWithin = ([a, b]: number[], [c, d]: number[]) =>
          Math.hypot(((a ?? 0) - (c ?? 0)) * x, ((b ?? 0) - (d ?? 0)) * y) <=
          tolerance.distance + 1e-9;
        for (const own of [1, 2, 3]) {
          const ours = edgesOf(predicted, truth, size, own);
          const theirs = edgesOf(truth, predicted, size, own);
          const near = (from: number[][], to: number[][]) =>
            from.filter((one) => to.some((other) => isWithin(one, other))).length;
          expect(counts.predicted[own]).toBe(ours.length);
          expect(counts.predictedNear[own]).toBe(near(ours, theirs));
          expect(counts.truth[own]).toBe(theirs.length);
          expect(counts.truthNear[own]).toBe(near(theirs, ours));
        }
      }),
      { numRuns: 300 },
    );
  });

  it('have the same result in strips of any height, reading only strip and halo', () => {
    fc.assert(
      fc.property(
        scene,
        fc.integer({ min: 1, max: 13 }),
        ({ size, truth, predicted, tolerance }, stripHeight) => {
          const read = readFromMasks({ truth, predicted }, size);
          const whole = boundaryCounts(size, read, { classes: 4, tolerance, stripHeight: 99 });
          const halo = Math.floor(tolerance.distance / (tolerance.spacing?.y ?? 1)) + 1;
          const bounded = (rectangle: Rectangle): MaskPair => {
            expect(rectangle.height).toBeLessThanOrEqual(stripHeight + 2 * halo);
            expect(rectangle.y).toBeGreaterThanOrEqual(0);
            expect(rectangle.y + rectangle.height).toBeLessThanOrEqual(size.height);
            expect(rectangle).toMatchObject({ x: 0, width: size.width });
            return read(rectangle);
          };
          const options = { classes: 4, tolerance, stripHeight };
          expect(boundaryCounts(size, bounded, options)).toEqual(whole);
        },
      ),
      { numRuns: 300 },
    );
  });

  it('swap precision and recall when swapped, and match themselves perfectly', () => {
    fc.assert(
      fc.property(scene, ({ size, truth, predicted, tolerance }) => {
        const of = (pair: MaskPair) =>
          boundaryCounts(size, readFromMasks(pair, size), { classes: 4, tolerance });
        const counts = of({ truth, predicted });
        expect(of({ truth: predicted, predicted: truth })).toEqual({
          predicted: counts.truth,
          predictedNear: counts.truthNear,
          truth: counts.predicted,
          truthNear: counts.predictedNear,
        });
        const itself = of({ truth, predicted: truth });
        for (const own of [1, 2, 3]) {
          const f1 = boundaryF1(counts, own);
          if (!Number.isNaN(f1)) expect(f1).toBe(Math.min(1, Math.max(0, f1)));
          expect(boundaryF1(itself, own)).toBe(itself.truth[own] === 0 ? NaN : 1);
        }
      }),
    );
  });
});

/** Finds boundary pixels of a class, directly from the definition. */
function edgesOf(
  values: Uint8Array,
  others: Uint8Array,
  { width, height }: { width: number; height: number },
  own: number,
): number[][] {
  const known = (x: number, y: number): number | undefined => {
    if (x < 0 || y < 0 || x >= width || y >= height) return undefined;
    const at = y * width + x;
    return values[at] === 255 || others[at] === 255 ? undefined : values[at];
  };
  const edges: number[][] = [];
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const around = [known(x - 1, y), known(x + 1, y), known(x, y - 1), known(x, y + 1)];
      const differs = around.some((value) => value !== undefined && value !== own);
      if (known(x, y) === own && differs) edges.push([x, y]);
    }
  }
  return edges;
}

describe('invalid input', () => {
  const read = () => ({ truth: Uint8Array.of(0, 1), predicted: Uint8Array.of(0, 1) });
  const count = (options: Partial<BoundaryOptions>, width = 2) =>
    boundaryCounts({ width, height: 1 }, read, { classes: 2, tolerance: exact, ...options });

  it.each([
    { options: { tolerance: { distance: -1 } }, message: /got tolerance -1/ },
    { options: { tolerance: { distance: NaN } }, message: /got tolerance NaN/ },
    {
      options: { tolerance: { distance: 1, spacing: { x: 0, y: 1 } } },
      message: /spacing \(0, 1\)/,
    },
    { options: { classes: 1 }, message: /got 1 classes/ },
  ])('$message', ({ options, message }) => {
    expect(() => count(options)).toThrow(message);
  });

  it('refuses an area of another size, values that are not a class, and an excessive tolerance', () => {
    expect(() => count({}, 3)).toThrow(/truth has 2 pixels and the prediction 2, expected 3/);
    const bad = () => ({ truth: Uint8Array.of(0, 2), predicted: Uint8Array.of(0, 1) });
    expect(() =>
      boundaryCounts({ width: 2, height: 1 }, bad, { classes: 2, tolerance: exact }),
    ).toThrow(/a pixel holds 2, expected 0 to 1/);
    expect(() => count({ tolerance: { distance: 257 } }, 1000)).toThrow(/257 pixels is too large/);
    // The reach is limited to the size of a small image.
    expect(count({ tolerance: { distance: 257 } }).truth[1]).toBe(1);
  });
});
