import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { predictedClasses } from './labels.ts';
import { uncertaintyOf } from './uncertainty.ts';

describe('the uncertainty of one class per image', () => {
  test.each([
    [[1, 0, 0], 0, [0, 1]],
    [[0.25, 0.5, 0.25], 0.75, [1, 0]],
    [[0.5, 0, 0.5], 1, [0, 2]],
    [[1], 0, [0]],
  ] as const)('%j', (probabilities, uncertainty, between) => {
    expect(uncertaintyOf(probabilities, 'single')).toEqual({ uncertainty, between });
  });

  test('ignores probability spread over unlikely classes', () => {
    const few = uncertaintyOf([0.6, 0.3, 0.1, 0, 0], 'single').uncertainty;
    const many = uncertaintyOf([0.6, 0.3, 0.04, 0.03, 0.03], 'single').uncertainty;
    expect(many).toBeCloseTo(few, 12);
  });
});

test('the uncertainty of several labels is that of the class nearest to one half', () => {
  expect(uncertaintyOf([0.9, 0.4, 0.02], 'several')).toEqual({
    uncertainty: 1 - 2 * (0.5 - 0.4),
    between: [0, 1],
  });
  expect(uncertaintyOf([0.01, 0.99], 'several').uncertainty).toBeCloseTo(0.02, 12);
});

test.each(['single', 'several'] as const)(
  'uncertainty is in [0, 1] and refers to the answer: %s',
  (task) => {
    const weights = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), {
      minLength: 2,
      maxLength: 9,
    });
    fc.assert(
      fc.property(weights, (values) => {
        const sum = values.reduce((total, value) => total + value, 1e-9);
        const row = new Float32Array(
          task === 'single' ? values.map((value) => value / sum) : values,
        );
        const { uncertainty, between } = uncertaintyOf(row, task);
        expect(uncertainty).toBeGreaterThanOrEqual(0);
        expect(uncertainty).toBeLessThanOrEqual(1);
        if (task === 'single') {
          const [answer] = predictedClasses({ shape: [1, row.length], data: row }, task);
          expect(row[between[0] ?? -1]).toBe(row[answer?.[0] ?? -1]);
        }
      }),
    );
  },
);
