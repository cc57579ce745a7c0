import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Random } from '../random.ts';
import { tensor } from '../tensor.ts';
import { classificationReport, type ClassificationReport } from './classification.ts';

type Task = 'single' | 'several';

function report(
  rows: readonly (readonly number[])[],
  truth: readonly (readonly number[])[],
  task: Task = 'single',
  resamples = 20,
): ClassificationReport {
  const probabilities = tensor([rows.length, rows[0]?.length ?? 0], rows.flat());
  return classificationReport({ probabilities, truth, task, seed: 1, resamples });
}

/** Values of the metrics without their intervals. */
function values({ accuracy, balancedAccuracy, macroF1, auc }: ClassificationReport) {
  return [accuracy.value, balancedAccuracy.value, macroF1.value, auc?.value];
}

function expectValues(actual: ClassificationReport, expected: readonly number[]): void {
  for (const [at, value] of values(actual).entries())
    expect(value).toBeCloseTo(expected[at] ?? NaN, 10);
}

describe('one class per image', () => {
  it('agrees with metrics counted by hand', () => {
    // Truth 0 0 0 1, predictions 0 0 1 1.
    const result = report(
      [
        [0.9, 0.1],
        [0.8, 0.2],
        [0.3, 0.7],
        [0.4, 0.6],
      ],
      [[0], [0], [0], [1]],
    );
    expect(result.confusion).toEqual([
      [2, 1],
      [0, 1],
    ]);
    const f1 = (4 / 5 + 2 / 3) / 2;
    expectValues(result, [3 / 4, (2 / 3 + 1) / 2, f1, 2 / 3]);
  });

  it('agrees with scikit-learn 1.9 if scores tie and a class is predicted but never true', () => {
    // accuracy_score, balanced_accuracy_score, f1_score(average='macro', zero_division=0), and the mean of
    // roc_auc_score over classes 0 to 2, of random Dirichlet rows rounded to tenths.
    const rows = [
      [0.8, 0.2, 0.1, 0],
      [0.1, 0.6, 0.2, 0.1],
      [0.2, 0.3, 0.3, 0.2],
      [0.3, 0.6, 0.1, 0],
      [0.3, 0.3, 0.3, 0],
      [0.3, 0, 0.3, 0.3],
      [0.6, 0, 0.3, 0.1],
      [0.5, 0.2, 0.3, 0],
      [0.6, 0.2, 0.1, 0.1],
      [0, 0.1, 0.4, 0.5],
      [0.6, 0.1, 0.3, 0],
      [0.1, 0.5, 0, 0.4],
    ];
    const truth = [0, 1, 2, 0, 1, 2, 0, 0, 1, 2, 2, 1].map((own) => [own]);
    const result = report(rows, truth);
    expectValues(result, [0.4166666666666667, 0.4166666666666667, 0.26136363636363635, 0.828125]);
    expect(result.confusion).toEqual([
      [3, 1, 0, 0],
      [2, 2, 0, 0],
      [2, 1, 0, 1],
      [0, 0, 0, 0],
    ]);
  });

  it('leaves out classes in neither truth nor prediction', () => {
    const rows = [
      [0.9, 0.1, 0],
      [0.2, 0.8, 0],
    ];
    expect(values(report(rows, [[0], [1]]))).toEqual([1, 1, 1, 1]);
  });

  it('has no AUC if every image has the same class', () => {
    const result = report([[0.9, 0.1], [0.2, 0.8]], [[0], [0]]); // oxfmt-ignore
    expect(result.auc).toBeUndefined();
    expect(result.balancedAccuracy.value).toBe(0.5);
  });

  it('does not depend on how the classes are numbered', () => {
    // Distinct scores: among equal scores the first class wins, which depends on the order.
    const row = fc.uniqueArray(fc.integer({ min: 0, max: 1000 }), { minLength: 3, maxLength: 3 });
    const item = fc.record({ row, truth: fc.integer({ min: 0, max: 2 }) });
    const renumbered = [2, 0, 1];
    fc.assert(
      fc.property(fc.array(item, { minLength: 1, maxLength: 20 }), (items) => {
        const rows = items.map((one) => one.row.map((score) => score / 1000));
        const moved = rows.map((own) => renumbered.map((from) => own[from] ?? NaN));
        const before = report(rows, items.map((one) => [one.truth])); // oxfmt-ignore
        const after = report(moved, items.map((one) => [renumbered.indexOf(one.truth)])); // oxfmt-ignore
        for (const [at, value] of values(after).entries()) {
          const expected = values(before)[at];
          if (expected === undefined) expect(value).toBeUndefined();
          else expect(value).toBeCloseTo(expected, 12);
        }
      }),
      { numRuns: 50 },
    );
  });
});

describe('several labels', () => {
  it('agrees with scikit-learn 1.9', () => {
    // 1 - hamming_loss, the mean of balanced_accuracy_score over labels, f1_score(average='macro'),
    // roc_auc_score(average='macro'), multilabel_confusion_matrix; of random scores rounded to tenths.
    const rows = [
      [0.3, 0.5, 0.6],
      [0.2, 0.8, 0],
      [0.5, 0.7, 0.2],
      [0.7, 0.6, 0.5],
      [0.5, 0.5, 0.1],
      [0.1, 0.2, 0.1],
      [0.3, 0.5, 0.1],
      [0.2, 0.3, 0.8],
      [0.5, 0.5, 0.7],
      [0.4, 0.4, 0.3],
    ];
    const truth = [[1, 2], [1], [0, 1], [0, 1, 2], [1], [], [], [2], [1, 2], [1]];
    const result = report(rows, truth, 'several');
    const expected = [0.8666666666666667, 0.878968253968254, 0.8412698412698413, 0.939484126984127];
    expectValues(result, expected);
    expect(result.confusion).toEqual([
      [6, 2, 0, 2],
      [2, 1, 1, 6],
      [6, 0, 0, 4],
    ]);
  });

  it('averages only defined scores if a label occurs on no image', () => {
    // Label 0: one true positive, one false positive. Label 1: two true negatives.
    const result = report([[0.9, 0.1], [0.7, 0.3]], [[0], []], 'several'); // oxfmt-ignore
    expectValues(result, [3 / 4, (0.5 + 1) / 2, 2 / 3, 1]);
  });

  it('has an F1 of 0 and no AUC if no label is true or predicted', () => {
    const result = report([[0.1], [0.2]], [[], []], 'several');
    expect(values(result)).toEqual([1, 1, 0, undefined]);
  });
});

describe('intervals', () => {
  const random = new Random(4);
  const rows = Array.from({ length: 60 }, () => [random.uniform(), random.uniform()]);
  const truth = rows.map(([a = 0]) => [random.uniform() < a ? 0 : 1]);

  it.each(['single', 'several'] as const)(
    'contain the value and are the same for the same seed (%s)',
    (task) => {
      const result = report(rows, truth, task, 500);
      for (const name of ['accuracy', 'balancedAccuracy', 'macroF1', 'auc'] as const) {
        const { value, low, high } = result[name] ?? { value: NaN, low: NaN, high: NaN };
        expect(low).toBeLessThan(value);
        expect(high).toBeGreaterThan(value);
        expect(high - low).toBeLessThan(0.4);
      }
      expect(report(rows, truth, task, 500)).toEqual(result);
    },
  );
});

describe('bad input', () => {
  it.each<[string, number[][], number[][], Task, RegExp]>([
    ['NaN', [[0.5, 0.5], [0.1, NaN]], [[0], [1]], 'single', /row 1 holds NaN/],
    ['a logit', [[0.5, 0.5], [0.1, 3]], [[0], [1]], 'single', /row 1 holds 3, not in \[0, 1\]/],
    ['two labels', [[0.5, 0.5]], [[0, 1]], 'single', /image 0 has 2 labels/],
    ['a class beyond the last', [[0.5, 0.5]], [[2]], 'several', /image 0 has class 2/],
    ['too few truths', [[0.5, 0.5], [0.1, 0.2]], [[1]], 'single', /2 predictions, but 1 truth/],
    ['no images', [], [], 'single', /shape \(0, 0\)/],
  ])('%s is refused', (_, rows, truth, task, message) => {
    expect(() => report(rows, truth, task)).toThrow(message);
  }); // oxfmt-ignore
});
