import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  checkRuns,
  decodeCocoRuns,
  encodeCocoRuns,
  runsToMask,
  RunCollector,
  runsOf,
} from './rle.ts';

const run = fc.integer({ min: 0, max: 2 ** 32 - 1 });

describe('COCO run lengths', () => {
  it('survive a write and a read unchanged', () => {
    fc.assert(
      fc.property(fc.array(run, { maxLength: 50 }), (runs) => {
        expect([...decodeCocoRuns(encodeCocoRuns(runs), 'a')]).toEqual(runs);
      }),
    );
  });

  it('represent a mask', () => {
    const sized = fc
      .tuple(fc.integer({ min: 1, max: 12 }), fc.integer({ min: 1, max: 12 }))
      .chain(([width, height]) =>
        fc.record({
          width: fc.constant(width),
          height: fc.constant(height),
          mask: fc.uint8Array({
            min: 0,
            max: 1,
            minLength: width * height,
            maxLength: width * height,
          }),
        }),
      );
    fc.assert(
      fc.property(sized, ({ mask, ...size }) => {
        const runs = runsOf(mask, size);
        expect(runsToMask(checkRuns(runs, size, 'a'), size)).toEqual(mask);
      }),
    );
  });

  it('go down the columns and begin with 0', () => {
    // Column 0 holds 1 and 0, column 1 holds 0 and 1.
    expect([...runsOf(Uint8Array.of(1, 0, 0, 1), { width: 2, height: 2 })]).toEqual([0, 1, 2, 1]);
  });

  it('can be collected in pieces', () => {
    const collector = new RunCollector();
    for (const [value, count] of [
      [true, 2],
      [true, 1],
      [false, 0],
      [false, 4],
    ] as const) {
      collector.push(value, count);
    }
    expect([...collector.end()]).toEqual([0, 3, 4]);
  });

  it.each([
    ['a letter that there is not', '\u0007'],
    ['an end in the middle', 'P'],
    ['a negative run', 'N'],
    ['no end', 'o'.repeat(40)],
  ])('refuses %s', (_, text) => {
    expect(() => decodeCocoRuns(text, 'annotation 7')).toThrow(/annotation 7/);
  });

  it.each([[[1, 2]], [[3, 2]], [[1.5, 2.5]], [[-1, 5]], [['4']], [[NaN]]])(
    'refuses the lengths %j of a mask of 2 × 2',
    (runs) => {
      expect(() => checkRuns(runs, { width: 2, height: 2 }, 'annotation 7')).toThrow(
        /annotation 7/,
      );
    },
  );
});
