import { describe, expect, it } from 'vitest';
import {
  accuracyOf,
  hasRisen,
  isMoreAccurate,
  lossOf,
  pairedDifference,
  replacesChampion,
} from './candidates.ts';
import type { Measured } from './candidates.ts';

/** @param right number of the 100 images that are predicted correctly, the first ones */
function measured(right: number | null, loss: number): Measured {
  return {
    losses: Float32Array.from({ length: 8 }, (_, at) => loss * (1 + 0.1 * (at % 2))),
    correct:
      right === null ? null : Float32Array.from({ length: 100 }, (_, at) => (at < right ? 1 : 0)),
  };
}

describe('pairedDifference', () => {
  it('is the mean with its standard error', () => {
    const { mean, error } = pairedDifference(Float32Array.of(3, 5, 7), Float32Array.of(1, 2, 3));
    expect(mean).toBe(3);
    // Differences 2, 3, 4: their variance is 1, divided by three values.
    expect(error).toBeCloseTo(Math.sqrt(1 / 3), 12);
  });

  it('refuses values of different images', () => {
    expect(() => pairedDifference(new Float32Array(2), new Float32Array(3))).toThrow('2 and 3');
  });
});

describe('hasRisen', () => {
  const before = Float32Array.of(1, 1, 1, 1);

  it.each([
    ['fell on every image', [0.9, 0.9, 0.8, 0.9], false],
    ['is the same', [1, 1, 1, 1], false],
    ['rose on one and fell on another', [1.4, 0.7, 1, 1], false],
    ['rose on every image', [1.1, 1.2, 1.1, 1.2], true],
    ['is not a number', [1, NaN, 1, 1], true],
  ])('if the loss %s: %#', (_, losses, expected) => {
    expect(hasRisen(Float32Array.from(losses), before)).toBe(expected);
  });
});

describe('replacesChampion', () => {
  it('prefers accuracy beyond the noise to a smaller loss', () => {
    expect(replacesChampion(measured(80, 2), measured(60, 1), measured(60, 1))).toBe(true);
    expect(replacesChampion(measured(60, 1), measured(80, 2), measured(80, 2))).toBe(false);
  });

  it('prefers the smaller loss if accuracies are the same within the noise', () => {
    expect(replacesChampion(measured(80, 1), measured(80, 2), measured(80, 2))).toBe(true);
    expect(replacesChampion(measured(79, 1), measured(80, 2), measured(80, 2))).toBe(true);
    expect(replacesChampion(measured(80, 2), measured(80, 1), measured(80, 1))).toBe(false);
  });

  it('uses only the loss without labels', () => {
    expect(replacesChampion(measured(null, 1), measured(null, 2), measured(null, 2))).toBe(true);
    expect(replacesChampion(measured(null, 2), measured(null, 1), measured(null, 1))).toBe(false);
  });

  it('never accepts a state whose loss is NaN', () => {
    expect(replacesChampion(measured(90, NaN), measured(60, 1), measured(60, 1))).toBe(false);
  });

  it('does not let small losses of accuracy add up', () => {
    let champion = measured(90, 10);
    const peak = champion;
    for (let right = 89; right >= 70; right--) {
      const next = measured(right, right / 10);
      if (replacesChampion(next, champion, peak)) champion = next;
    }
    expect(accuracyOf(champion)).toBeGreaterThanOrEqual(0.88);
    expect(isMoreAccurate(peak, champion)).toBe(false);
  });

  it('does not call one image of many a difference', () => {
    expect(isMoreAccurate(measured(81, 1), measured(80, 1))).toBe(false);
  });

  it('returns a mean loss, infinite if there is none', () => {
    expect(lossOf({ losses: Float32Array.of(1, 3) })).toBe(2);
    expect(lossOf({ losses: Float32Array.of(1, NaN) })).toBe(Infinity);
  });
});
