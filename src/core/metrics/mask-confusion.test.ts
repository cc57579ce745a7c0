import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MaskConfusion } from './mask-confusion.ts';

function confusion(
  classes: number,
  ...areas: readonly (readonly [readonly number[], readonly number[]])[]
): MaskConfusion {
  const result = new MaskConfusion(classes);
  for (const [truth, predicted] of areas) {
    result.add(Uint8Array.from(truth), Uint8Array.from(predicted));
  }
  return result;
}

describe('pixels by true and predicted class', () => {
  it('agrees with counts by hand', () => {
    const result = confusion(3, [
      [0, 0, 0, 1, 1, 2, 2, 2],
      [0, 0, 1, 1, 2, 2, 2, 0],
    ]);
    // oxfmt-ignore
    expect([...result.counts]).toEqual([
      2, 1, 0,
      0, 1, 1,
      1, 0, 2,
    ]);
    expect(result.classPixels()).toEqual({
      right: Float64Array.of(2, 1, 2),
      truth: Float64Array.of(3, 2, 3),
      predicted: Float64Array.of(3, 2, 3),
    });
    expect(result.leftOut).toBe(0);
  });

  it('leaves out pixels with 255 in either mask, even with the maximum number of classes', () => {
    const result = confusion(255, [
      [255, 254, 255, 254],
      [254, 255, 255, 254],
    ]);
    expect(result.leftOut).toBe(3);
    expect(result.counts.at(-1)).toBe(1);
    expect(result.counts.reduce((sum, count) => sum + count)).toBe(1);
  });

  it('is the same tile by tile, in any order', () => {
    const value = fc.constantFrom(0, 1, 2, 255);
    const tile = fc.array(fc.tuple(value, value), { maxLength: 12 });
    const areaOf = (pixels: readonly (readonly [number, number])[]) =>
      [pixels.map(([truth]) => truth), pixels.map(([, predicted]) => predicted)] as const;
    fc.assert(
      fc.property(fc.array(tile, { maxLength: 6 }), (tiles) => {
        const whole = confusion(3, areaOf(tiles.flat()));
        const parts = confusion(3, ...tiles.toReversed().map(areaOf));
        expect(parts.counts).toEqual(whole.counts);
        expect(parts.leftOut).toBe(whole.leftOut);
        const counted = whole.counts.reduce((sum, count) => sum + count, 0);
        expect(counted + whole.leftOut).toBe(tiles.flat().length);
      }),
    );
  });

  it.each([
    { classes: 3, truth: [3], predicted: [0], message: /a pixel holds 3, expected 0 to 2, or 255/ },
    { classes: 3, truth: [0], predicted: [254], message: /a pixel holds 254, expected 0 to 2/ },
    { classes: 3, truth: [255], predicted: [7], message: /a pixel holds 7/ },
    { classes: 3, truth: [0, 0], predicted: [0], message: /truth has 2 .* prediction 1/ },
    { classes: 1, truth: [0], predicted: [0], message: /got 1 classes, expected 2 to 255/ },
    { classes: 256, truth: [0], predicted: [0], message: /got 256 classes/ },
  ])(
    'refuses $truth and $predicted of $classes classes',
    ({ classes, truth, predicted, message }) => {
      expect(() => confusion(classes, [truth, predicted])).toThrow(message);
    },
  );
});
