import { UserError } from '../errors.ts';
import { confusionCells, countCells } from '../metrics/confusion.ts';
import { labelMetrics } from '../metrics/label-metrics.ts';
import {
  labelMatrix,
  matrixSize,
  requireFiniteMatrix,
  type ClassificationTask,
  type ImageLabels,
} from '../metrics/labels.ts';
import { tensor, zeros, type Tensor } from '../tensor.ts';
import { chooseL2 } from './l2-strength.ts';
import { minimise } from './lbfgs.ts';
import { probeLoss, type ProbeData } from './logistic-loss.ts';
import { probabilitiesOf } from './probabilities.ts';
import { featureStatistics, standardised, type FeatureStatistics } from './standardise.ts';
import { commonText, labelledSetText } from '../../text/index.ts';

/** Linear probe: batch norm without affine, then a linear layer. D features, C classes. */
export interface LinearProbe extends FeatureStatistics {
  readonly task: ClassificationTask;
  /** Weights on standardised features, (C, D). */
  readonly weight: Tensor;
  /** Biases, (C). */
  readonly bias: Tensor;
  /** L2 strength of the training: scikit-learn's 1/C (see `probeLoss`). */
  readonly l2: number;
  readonly iterations: number;
  /** True if the loss reached its minimum: no derivative above 1e-6. */
  readonly converged: boolean;
  /** Accuracy on the labelled images, as defined by `ClassificationReport.accuracy`. */
  readonly trainAccuracy: number;
}

export interface ProbeTraining {
  /** Features (N, D), for example class tokens after the final norm. */
  readonly features: Tensor;
  readonly labels: ImageLabels;
  readonly classes: number;
  readonly task: ClassificationTask;
  /** Seed of the folds that choose the L2 strength. */
  readonly seed: number;
  /** Fixed L2 strength, above 0; chosen by cross validation if absent. */
  readonly l2?: number;
  /** Signal checked before each iteration; an abort throws a UserError `cancelled`. */
  readonly signal?: { readonly aborted: boolean };
  /**
   * Callback awaited before each iteration. The work in between is synchronous; a caller whose signal is set by an
   * event should let the event loop run here (`setImmediate` of `node:timers/promises`).
   */
  readonly pause?: () => Promise<void>;
}

/**
 * Trains a linear probe to convergence, full batch. Features are standardised with the labelled images'
 * mean and variance, and the loss of `probeLoss` is minimised by L-BFGS in float64.
 *
 * A class without images (or a label that all or none have) cannot be learnt: its weights are 0 and
 * its bias makes it practically impossible (or as frequent as observed, by Jeffreys' estimate).
 *
 * Throws a UserError `invalid-labels` if no two classes can be distinguished.
 */
export async function trainLinearProbe(training: ProbeTraining): Promise<LinearProbe> {
  const { features, labels, classes, task, seed } = training;
  const { rows: count, columns: width } = matrixSize('features', features);
  if (labels.length !== count) {
    throw new Error(`trainLinearProbe: features of ${count} images, labels of ${labels.length}`);
  }
  requireFiniteMatrix('features', features);
  const isTrue = labelMatrix(labels, classes, task);
  const learnt = learnableClasses(isTrue, classes, task);

  const statistics = featureStatistics(features);
  const data: ProbeData = {
    features: standardised(features, statistics),
    isTrue: isTrue.filter((_, at) => learnt.includes(at % classes)),
    width,
    classes: learnt.length,
    task,
  };
  const beforeIteration = async () => {
    if (training.signal?.aborted) {
      throw new UserError('cancelled', commonText.stopped);
    }
    await training.pause?.();
  };
  const l2 = training.l2 ?? (await chooseL2(data, { seed, beforeIteration }));
  const everyRow = Uint32Array.from({ length: count }, (_, row) => row);
  const start = new Float64Array((width + 1) * learnt.length);
  const fit = await minimise(probeLoss(data, everyRow, l2), start, { beforeIteration });

  const layer = constantLayer(isTrue, classes, width, task);
  for (const [at, own] of learnt.entries()) {
    layer.weight.data.set(fit.point.subarray(at * width, (at + 1) * width), own * width);
    layer.bias.data[own] = fit.point[learnt.length * width + at] ?? 0;
  }
  const { iterations, converged } = fit;
  const probe = { ...statistics, ...layer, task, l2, iterations, converged };
  return { ...probe, trainAccuracy: accuracyOf(probe, features, isTrue) };
}

/** Computes logits and probabilities (N, C) of features (N, D). Throws if their width differs from the probe's. */
export function applyLinearProbe(
  probe: ProbeLayer,
  features: Tensor,
): { logits: Tensor; probabilities: Tensor } {
  const { rows, columns: width } = matrixSize('features', features);
  const { rows: classes, columns: expected } = matrixSize('weight', probe.weight);
  if (width !== expected) {
    throw new Error(`applyLinearProbe: features of width ${width}, a probe of width ${expected}`);
  }
  const values = standardised(features, probe);
  const logits = zeros([rows, classes]);
  for (let at = 0; at < logits.data.length; at++) {
    const own = at % classes;
    const row = Math.floor(at / classes);
    let sum = probe.bias.data[own] ?? 0;
    for (let feature = 0; feature < width; feature++) {
      sum += (probe.weight.data[own * width + feature] ?? 0) * (values[row * width + feature] ?? 0);
    }
    logits.data[at] = sum;
  }
  return { logits, probabilities: probabilitiesOf(logits, probe.task) };
}

/** Folds standardisation into the probe, giving one linear layer on plain features: weight (C, D), bias (C). */
export function foldProbe(probe: ProbeLayer): { weight: Tensor; bias: Tensor } {
  const { rows: classes, columns: width } = matrixSize('weight', probe.weight);
  const weight = probe.weight.data.map(
    (value, at) => value * (probe.inverseDeviation.data[at % width] ?? 0),
  );
  const bias = probe.bias.data.map((value, own) => {
    let sum = value;
    for (let at = 0; at < width; at++) {
      sum -= (weight[own * width + at] ?? 0) * (probe.mean.data[at] ?? 0);
    }
    return sum;
  });
  return { weight: tensor([classes, width], weight), bias: tensor([classes], bias) };
}

type ProbeLayer = Pick<LinearProbe, 'mean' | 'inverseDeviation' | 'weight' | 'bias' | 'task'>;

/** Classes that some images have; with several labels per image, also not all images. */
function learnableClasses(isTrue: Uint8Array, classes: number, task: ClassificationTask): number[] {
  const count = isTrue.length / classes;
  const frequency = frequencies(isTrue, classes);
  const learnt = [...frequency.keys()].filter((own) => {
    const images = frequency[own] ?? 0;
    return images > 0 && (task === 'single' || images < count);
  });
  if (learnt.length < (task === 'single' ? 2 : 1)) {
    throw new UserError(
      'invalid-labels',
      task === 'single' ? labelledSetText.oneClassOnly(count) : labelledSetText.sameLabels(count),
    );
  }
  return learnt;
}

/**
 * Logit of an impossible class. The logits of the learnt classes add up to 0 for every image (the softmax's gradient
 * does, and they start at 0), so the greatest is at least 0 and a class at −30 gets less than 1e-13.
 */
const NEVER = -30;

/** Zero weights, and the biases of classes that cannot be learnt. */
function constantLayer(
  isTrue: Uint8Array,
  classes: number,
  width: number,
  task: ClassificationTask,
): { weight: Tensor; bias: Tensor } {
  const count = isTrue.length / classes;
  const bias = frequencies(isTrue, classes).map((images) =>
    task === 'single' ? NEVER : Math.log((images + 0.5) / (count - images + 0.5)),
  );
  return { weight: zeros([classes, width]), bias: tensor([classes], bias) };
}

/** Counts the images of each class. */
function frequencies(isTrue: Uint8Array, classes: number): number[] {
  const counts = Array.from({ length: classes }, () => 0);
  for (const [at, truth] of isTrue.entries()) {
    counts[at % classes] = (counts[at % classes] ?? 0) + truth;
  }
  return counts;
}

function accuracyOf(probe: ProbeLayer, features: Tensor, isTrue: Uint8Array): number {
  const { probabilities } = applyLinearProbe(probe, features);
  const classes = probe.bias.data.length;
  const cells = confusionCells(probabilities.data, isTrue, classes, probe.task);
  const everyImage = new Uint32Array(isTrue.length / classes).fill(1);
  return labelMetrics(countCells(cells, classes, everyImage), classes, probe.task).accuracy;
}
