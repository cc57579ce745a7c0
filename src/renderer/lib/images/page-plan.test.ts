import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { planPage, weave } from './page-plan.ts';

describe('pages of a listing that images have left', () => {
  it('keep their contents', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 200 }),
        fc.integer({ min: 1, max: 30 }),
        fc.array(fc.nat(199)),
        (total, size, left) => {
          const original = Array.from({ length: total }, (_, index) => `image ${index}`);
          const positions = [...new Set(left.filter((position) => position < total))].sort(
            (a, b) => a - b,
          );
          const departed = new Map(positions.map((position) => [position, `image ${position}`]));
          const listed = original.filter((_, position) => !departed.has(position));
          const seen: string[] = [];
          for (let page = 0; page * size < total; page++) {
            const plan = planPage(page, size, total, positions);
            const answer = listed.slice(plan.offset, plan.offset + plan.limit);
            expect(answer).toHaveLength(plan.limit);
            seen.push(...weave(plan, answer, departed));
          }
          expect(seen).toEqual(original);
        },
      ),
    );
  });
});
