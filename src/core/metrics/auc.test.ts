import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { areaUnderRoc, macroAreaUnderRoc, rankScores } from './auc.ts';

function area(scores: number[], positives: number[], draws?: number[]): number {
  const ranked = rankScores(Float32Array.from(scores), Uint8Array.from(positives));
  return areaUnderRoc(
    ranked,
    draws ? Uint32Array.from(draws) : new Uint32Array(scores.length).fill(1),
  );
}

/** AUC by its definition, pair by pair. */
function areaByPairs(scores: number[], positives: number[]): number {
  let won = 0;
  let pairs = 0;
  for (const [a, scoreA] of scores.entries()) {
    for (const [b, scoreB] of scores.entries()) {
      if (positives[a] !== 1 || positives[b] !== 0) continue;
      pairs += 1;
      if (scoreA > scoreB) won += 1;
      if (scoreA === scoreB) won += 0.5;
    }
  }
  return won / pairs;
}

/** Items with few distinct scores, so that many are equal, some repeat counts, and both kinds present. */
const cases = fc
  .array(
    fc.record({
      score: fc.integer({ min: 0, max: 8 }).map((eighths) => eighths / 8),
      positive: fc.integer({ min: 0, max: 1 }),
      drawn: fc.integer({ min: 0, max: 3 }),
    }),
    { minLength: 2, maxLength: 30 },
  )
  .filter((items) => [0, 1].every((kind) => items.some((item) => item.positive === kind)));

describe('areaUnderRoc', () => {
  it.each([
    ['perfect', [0.1, 0.2, 0.8, 0.9], [0, 0, 1, 1], 1],
    ['reversed', [0.1, 0.2, 0.8, 0.9], [1, 1, 0, 0], 0],
    ['all equal', [0.5, 0.5, 0.5], [1, 0, 0], 0.5],
    ['three of four pairs', [0.1, 0.4, 0.35, 0.8], [0, 0, 1, 1], 0.75],
    ['a tie and a win', [0.2, 0.6, 0.6], [0, 0, 1], 0.75],
    ['no positive', [0.2, 0.6], [0, 0], NaN],
    ['no negative', [0.2, 0.6], [1, 1], NaN],
  ])('%s', (_, scores, positives, expected) => {
    expect(area(scores, positives)).toBe(expected);
  });

  it('is the share of correctly ordered pairs, and is invariant under increasing maps', () => {
    fc.assert(
      fc.property(cases, (items) => {
        const scores = items.map((item) => item.score);
        const positives = items.map((item) => item.positive);
        const expected = areaByPairs(scores, positives);
        expect(area(scores, positives)).toBeCloseTo(expected, 12);
        expect(
          area(
            scores.map((score) => Math.exp(3 * score) - 7),
            positives,
          ),
        ).toBeCloseTo(expected, 12);
        expect(
          area(
            scores.map((score) => -score),
            positives,
          ),
        ).toBeCloseTo(1 - expected, 12);
      }),
    );
  });

  it('counts an item as often as it was sampled', () => {
    fc.assert(
      fc.property(cases, (items) => {
        const repeated = items.flatMap((item) => Array.from({ length: item.drawn }, () => item));
        const drawn = area(
          items.map((item) => item.score),
          items.map((item) => item.positive),
          items.map((item) => item.drawn),
        );
        const copied = areaByPairs(
          repeated.map((item) => item.score),
          repeated.map((item) => item.positive),
        );
        if (Number.isNaN(copied)) expect(drawn).toBeNaN();
        else expect(drawn).toBeCloseTo(copied, 12);
      }),
    );
  });
});

describe('macroAreaUnderRoc', () => {
  const scores = Float32Array.of(0.1, 0.4, 0.35, 0.8);
  const draws = new Uint32Array(4).fill(1);
  const someOfBoth = rankScores(scores, Uint8Array.of(0, 0, 1, 1));
  const perfect = rankScores(scores, Uint8Array.of(0, 0, 0, 1));
  const noPositive = rankScores(scores, new Uint8Array(4));

  it('averages the classes whose area is defined', () => {
    expect(macroAreaUnderRoc([someOfBoth, noPositive, perfect], draws)).toBe(0.875);
    expect(macroAreaUnderRoc([noPositive], draws)).toBeNaN();
  });
});
