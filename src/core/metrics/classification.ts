import type { Tensor } from '../tensor.ts';
import { macroAreaUnderRoc, rankScores, type RankedScores } from './auc.ts';
import { confusionCells, confusionRows, countCells, type ConfusionMatrix } from './confusion.ts';
import { bootstrapIntervals, withExactBound, type Interval } from './interval.ts';
import { labelMetrics } from './label-metrics.ts';
import {
  labelMatrix,
  matrixSize,
  requireFiniteMatrix,
  type ClassificationTask,
  type ImageLabels,
} from './labels.ts';

export interface ClassificationInput {
  /** Probabilities, (images, classes), in [0, 1]: softmax outputs for one class per image, else sigmoid outputs. */
  readonly probabilities: Tensor;
  readonly truth: ImageLabels;
  readonly task: ClassificationTask;
  /** Seed of the bootstrap: equal seeds give equal intervals. */
  readonly seed: number;
  /** Number of resamples of the bootstrap; 1,000 by default. */
  readonly resamples?: number;
}

/**
 * Metrics of predictions, each in [0, 1] with a bootstrap 95 % interval over images.
 * Below, TP, FP, FN and TN count one class against the rest, for N images and C classes.
 */
export interface ClassificationReport {
  /**
   * Share of images whose most probable class (the first among equals) is the true one. Several labels per image:
   * Σ (TP + TN) / (N·C), the share of correct yes/no predictions at threshold 0.5
   * (1 − Hamming loss); 0.5 itself is a yes.
   */
  readonly accuracy: Interval;
  /**
   * Recall TP / (TP + FN), averaged over the classes that occur in the truth (Brodersen et al., ICPR 2010).
   * Several labels per image: for each label the mean of TP / (TP + FN) and TN / (TN + FP), or
   * the one of them that is defined, averaged over the labels.
   */
  readonly balancedAccuracy: Interval;
  /**
   * 2·TP / (2·TP + FP + FN), averaged over the classes that occur in truth or prediction. A class in only
   * one of them counts as 0 (scikit-learn's `zero_division=0`), a class in neither is left out. 0 if all are.
   */
  readonly macroF1: Interval;
  /**
   * Area under the ROC curve of each class against the rest, averaged over the classes that have both
   * positives and negatives; undefined if there are none.
   */
  readonly auc: Interval | undefined;
  readonly confusion: ConfusionMatrix;
}

/** Computes the report. Throws if shapes disagree, or if a probability is invalid, naming its row. */
export function classificationReport(input: ClassificationInput): ClassificationReport {
  const { probabilities, truth, task, seed, resamples = 1000 } = input;
  const { rows: count, columns: classes } = matrixSize('probabilities', probabilities);
  if (truth.length !== count) {
    throw new Error(`classificationReport: ${count} predictions, but ${truth.length} truths`);
  }
  requireProbabilities(probabilities);
  const isTrue = labelMatrix(truth, classes, task);
  const cells = confusionCells(probabilities.data, isTrue, classes, task);
  const ranked = rankClasses(probabilities.data, isTrue, classes);
  const { auc, ...metrics } = bootstrapIntervals(
    (draws) => ({
      ...labelMetrics(countCells(cells, classes, draws), classes, task),
      auc: macroAreaUnderRoc(ranked, draws),
    }),
    { count, seed, resamples },
  );
  const counts = countCells(cells, classes, new Uint32Array(count).fill(1));
  return {
    ...metrics,
    // All labels of an image are resampled together, so images are the independent units.
    accuracy: withExactBound(metrics.accuracy, count),
    auc: Number.isNaN(auc.value) ? undefined : auc,
    confusion: confusionRows(counts, cells.columns),
  };
}

function rankClasses(
  probabilities: Float32Array,
  isTrue: Uint8Array,
  classes: number,
): RankedScores[] {
  return Array.from({ length: classes }, (_, own) => {
    const ofClass = (_: number, at: number) => at % classes === own;
    return rankScores(probabilities.filter(ofClass), isTrue.filter(ofClass));
  });
}

/** Excess over 1 that softmax in float32 may have by rounding; a logit would exceed it by more. */
const TOLERANCE = 1e-4;

function requireProbabilities(probabilities: Tensor): void {
  requireFiniteMatrix('probabilities', probabilities);
  const { columns } = matrixSize('probabilities', probabilities);
  const bad = probabilities.data.findIndex((p) => p < -TOLERANCE || p > 1 + TOLERANCE);
  if (bad === -1) return;
  const value = probabilities.data[bad] ?? NaN;
  throw new Error(`probabilities: row ${Math.floor(bad / columns)} holds ${value}, not in [0, 1]`);
}
