import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { blockMarks, lastOfStretch, numbered, standIn } from './layout.ts';

const stage = { width: 640, height: 480, margin: 32 };
const every = (depth: number, skip: number): number[] =>
  Array.from({ length: Math.ceil(depth / skip) }, (_, index) => index * skip);

describe('blockMarks', () => {
  it('keeps all bars inside and apart, of 2 to 40 blocks and any skip factor', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 2, max: 40 }),
        fc.integer({ min: 1, max: 40 }),
        (depth, skip) => {
          const marks = blockMarks(depth, every(depth, Math.min(skip, depth)), stage);
          expect(marks).toHaveLength(depth);
          const columns = [
            marks.map(({ bar }) => bar),
            marks.filter(({ isKept }) => isKept).map(({ lifted }) => lifted),
          ];
          for (const bars of columns) {
            for (const [index, { y, height }] of bars.entries()) {
              expect(y).toBeGreaterThanOrEqual(0);
              expect(y + height).toBeLessThanOrEqual(stage.height);
              const next = bars[index + 1];
              if (next) expect(next.y - y - height).toBeGreaterThan(1);
            }
          }
        },
      ),
    );
  });

  it('centres both columns and lifts the kept blocks to the right', () => {
    const marks = blockMarks(12, every(12, 3), stage);
    const kept = marks.filter(({ isKept }) => isKept);
    expect(kept.map(({ block, last }) => [block, last])).toEqual([
      [0, 2],
      [3, 5],
      [6, 8],
      [9, 11],
    ]);
    const centre =
      kept.reduce((sum, { lifted }) => sum + lifted.y + lifted.height / 2, 0) / kept.length;
    expect(centre).toBeCloseTo(stage.height / 2);
    expect(kept.every(({ lifted }) => lifted.x + lifted.width === stage.width - stage.margin)).toBe(
      true,
    );
  });

  it('leaves skipped blocks in place, their threads without length', () => {
    const skipped = blockMarks(4, [0, 2], stage).filter(({ isKept }) => !isKept);
    expect(skipped).toHaveLength(2);
    for (const { bar, lifted, thread } of skipped) {
      expect(lifted).toEqual(bar);
      const [from, to] = [/^M([\d.]+)/.exec(thread)?.[1], / ([\d.]+) [\d.]+$/.exec(thread)?.[1]];
      expect(from).toBe(to);
    }
  });

  it('draws paths of one form, so that they can move into each other', () => {
    const forms = new Set(
      [...blockMarks(12, every(12, 2), stage), ...blockMarks(12, [0], stage)].map(
        ({ thread, ribbon }) => `${thread}${ribbon}`.replace(/-?[\d.]+/g, '0'),
      ),
    );
    expect(forms.size).toBe(1);
  });
});

it('finds the kept block that stands in for a skipped one', () => {
  expect([0, 1, 2, 3, 4].map((block) => standIn(block, [0, 3]))).toEqual([0, 0, 0, 3, 3]);
  expect([0, 1, 3].map((block) => lastOfStretch(block, [0, 3], 5))).toEqual([2, 1, 4]);
});

it('numbers only some of many blocks', () => {
  expect(numbered(4, 480)).toEqual([0, 1, 2, 3]);
  expect(numbered(40, 480)).toEqual(Array.from({ length: 20 }, (_, index) => 2 * index));
  expect(numbered(40, 240)).toEqual([0, 5, 10, 15, 20, 25, 30, 35]);
});
