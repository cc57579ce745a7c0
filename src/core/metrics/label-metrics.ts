import type { ClassificationTask } from './labels.ts';

/** Metrics of labels, each in [0, 1]; ClassificationReport has the formulas. */
export interface LabelMetrics {
  readonly accuracy: number;
  readonly balancedAccuracy: number;
  readonly macroF1: number;
}

/** Outcomes of one class against all others. */
interface Outcomes {
  readonly trueNegatives: number;
  readonly falsePositives: number;
  readonly falseNegatives: number;
  readonly truePositives: number;
}

/** Computes metrics from a confusion matrix of either kind (see ConfusionMatrix), row by row. */
export function labelMetrics(
  counts: Float64Array,
  classes: number,
  task: ClassificationTask,
): LabelMetrics {
  return task === 'single' ? singleLabelMetrics(counts, classes) : multiLabelMetrics(counts);
}

function singleLabelMetrics(counts: Float64Array, classes: number): LabelMetrics {
  const outcomes = oneAgainstRest(counts, classes);
  const right = outcomes.map((one) => one.truePositives);
  return {
    accuracy: sum(right) / sum(counts),
    balancedAccuracy: meanOfDefined(outcomes.map(sensitivity)),
    macroF1: macroF1(outcomes),
  };
}

function multiLabelMetrics(counts: Float64Array): LabelMetrics {
  const outcomes = Array.from({ length: counts.length / 4 }, (_, label): Outcomes => {
    const [trueNegatives = 0, falsePositives = 0, falseNegatives = 0, truePositives = 0] =
      counts.subarray(4 * label, 4 * label + 4);
    return { trueNegatives, falsePositives, falseNegatives, truePositives };
  });
  const right = outcomes.map((one) => one.truePositives + one.trueNegatives);
  const balanced = outcomes.map((one) => meanOfDefined([sensitivity(one), specificity(one)]));
  return {
    accuracy: sum(right) / sum(counts),
    balancedAccuracy: meanOfDefined(balanced),
    macroF1: macroF1(outcomes),
  };
}

function oneAgainstRest(counts: Float64Array, classes: number): Outcomes[] {
  const total = sum(counts);
  return Array.from({ length: classes }, (_, own) => {
    const truePositives = counts[own * classes + own] ?? 0;
    let truth = 0;
    let predicted = 0;
    for (let other = 0; other < classes; other++) {
      truth += counts[own * classes + other] ?? 0;
      predicted += counts[other * classes + own] ?? 0;
    }
    return {
      trueNegatives: total - truth - predicted + truePositives,
      falsePositives: predicted - truePositives,
      falseNegatives: truth - truePositives,
      truePositives,
    };
  });
}

function sensitivity({ truePositives, falseNegatives }: Outcomes): number {
  return ratio(truePositives, truePositives + falseNegatives);
}

function specificity({ trueNegatives, falsePositives }: Outcomes): number {
  return ratio(trueNegatives, trueNegatives + falsePositives);
}

function macroF1(outcomes: readonly Outcomes[]): number {
  const scores = outcomes.map(({ truePositives, falsePositives, falseNegatives }) =>
    ratio(2 * truePositives, 2 * truePositives + falsePositives + falseNegatives),
  );
  return scores.every(Number.isNaN) ? 0 : meanOfDefined(scores);
}

/** Ratio of two counts; NaN (undefined) for 0 of 0. */
function ratio(part: number, whole: number): number {
  return whole === 0 ? NaN : part / whole;
}

function meanOfDefined(values: readonly number[]): number {
  const defined = values.filter((value) => !Number.isNaN(value));
  return sum(defined) / defined.length;
}

function sum(values: Iterable<number>): number {
  let total = 0;
  for (const value of values) total += value;
  return total;
}
