import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { adding, countOf, includes, positionsOf, type Ranges, without } from './ranges.ts';

const range = fc
  .tuple(fc.nat(40), fc.nat(12))
  .map(([from, length]) => ({ from, to: from + length }));
const step = fc.tuple(fc.boolean(), range);

describe('ranges', () => {
  it('contain the same positions as a set', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 20 }), (steps) => {
        let ranges: Ranges = [];
        const set = new Set<number>();
        for (const [isAdded, { from, to }] of steps) {
          ranges = isAdded ? adding(ranges, { from, to }) : without(ranges, { from, to });
          for (let position = from; position < to; position++)
            if (isAdded) set.add(position);
            else set.delete(position);
        }
        expect([...positionsOf(ranges)]).toEqual([...set].sort((a, b) => a - b));
        expect(countOf(ranges)).toBe(set.size);
        expect(includes(ranges, 7)).toBe(set.has(7));
      }),
    );
  });

  it('are joined if they touch', () => {
    expect(adding(adding([], { from: 0, to: 3 }), { from: 3, to: 9 })).toEqual([
      { from: 0, to: 9 },
    ]);
  });
});
