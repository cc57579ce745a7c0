import type { ClassificationTask } from '../metrics/labels.ts';
import type { Objective } from './line-search.ts';
import { sigmoid, softmax, softplus } from './probabilities.ts';

/** Standardised features with their labels. N images, D features, C classes. */
export interface ProbeData {
  /** Features, (N, D). */
  readonly features: Float64Array;
  /** True labels, (N, C), 0 and 1. */
  readonly isTrue: Uint8Array;
  readonly width: number;
  readonly classes: number;
  readonly task: ClassificationTask;
}

/**
 * Probe's loss over the images `rows`, as a function of its parameters: weights (C, D) row by row,
 * then biases (C).
 *
 *   J = (1/N) · [ Σ over images of the cross-entropy + (l2/2) · ‖weights‖² ]
 *
 * The cross-entropy is that of the softmax or, with several labels per image, the sum over independent sigmoids (so
 * that a label's solution does not depend on the number of others). `l2` is scikit-learn's 1/C; in this
 * form its best value hardly depends on N. J is convex.
 */
export function probeLoss(data: ProbeData, rows: Uint32Array, l2: number): Objective {
  const { features, width, classes } = data;
  const logits = new Float64Array(classes);
  return (parameters, gradient) => {
    gradient.fill(0);
    let loss = 0;
    for (const row of rows) {
      const own = features.subarray(row * width, (row + 1) * width);
      computeLogits(parameters, own, logits);
      // From here on `logits` holds the derivatives of the image's loss by its logits.
      loss += crossEntropy(data, row, logits);
      addOuterProduct(gradient, logits, own);
    }
    const weights = width * classes;
    let squares = 0;
    for (let at = 0; at < weights; at++) {
      const weight = parameters[at] ?? 0;
      squares += weight * weight;
      gradient[at] = (gradient[at] ?? 0) + l2 * weight;
    }
    for (let at = 0; at < gradient.length; at++) gradient[at] = (gradient[at] ?? 0) / rows.length;
    return (loss + (l2 / 2) * squares) / rows.length;
  };
}

/** Mean cross-entropy of held-out images, without the penalty. */
export function meanCrossEntropy(
  data: ProbeData,
  rows: Uint32Array,
  parameters: Float64Array,
): number {
  const { features, width, classes } = data;
  const logits = new Float64Array(classes);
  let loss = 0;
  for (const row of rows) {
    computeLogits(parameters, features.subarray(row * width, (row + 1) * width), logits);
    loss += crossEntropy(data, row, logits);
  }
  return loss / rows.length;
}

/** Computes the cross-entropy of one image and replaces `logits` by its derivatives, probability − truth. */
function crossEntropy(
  { isTrue, classes, task }: ProbeData,
  row: number,
  logits: Float64Array,
): number {
  const truth = isTrue.subarray(row * classes, (row + 1) * classes);
  let loss = 0;
  for (let own = 0; own < classes; own++) {
    const logit = logits[own] ?? 0;
    if (truth[own]) loss -= logit;
    if (task === 'several') {
      loss += softplus(logit);
      logits[own] = sigmoid(logit);
    }
  }
  if (task === 'single') loss += softmax(logits);
  for (let own = 0; own < classes; own++) logits[own] = (logits[own] ?? 0) - (truth[own] ?? 0);
  return loss;
}

/** Computes logits = weights · features + biases, in four independent sums: a single one waits for each addition. */
function computeLogits(
  parameters: Float64Array,
  features: Float64Array,
  logits: Float64Array,
): void {
  const width = features.length;
  const classes = logits.length;
  for (let own = 0; own < classes; own++) {
    const start = own * width;
    let sum0 = parameters[classes * width + own] ?? 0;
    let sum1 = 0;
    let sum2 = 0;
    let sum3 = 0;
    let at = 0;
    for (; at + 3 < width; at += 4) {
      sum0 += (parameters[start + at] ?? 0) * (features[at] ?? 0);
      sum1 += (parameters[start + at + 1] ?? 0) * (features[at + 1] ?? 0);
      sum2 += (parameters[start + at + 2] ?? 0) * (features[at + 2] ?? 0);
      sum3 += (parameters[start + at + 3] ?? 0) * (features[at + 3] ?? 0);
    }
    for (; at < width; at++) sum0 += (parameters[start + at] ?? 0) * (features[at] ?? 0);
    logits[own] = sum0 + sum1 + (sum2 + sum3);
  }
}

/** Adds the gradient of one image: slopes ⊗ features to the weights, slopes to the biases. */
function addOuterProduct(
  gradient: Float64Array,
  slopes: Float64Array,
  features: Float64Array,
): void {
  const width = features.length;
  const classes = slopes.length;
  for (let own = 0; own < classes; own++) {
    const slope = slopes[own] ?? 0;
    const start = own * width;
    for (let at = 0; at < width; at++) {
      gradient[start + at] = (gradient[start + at] ?? 0) + slope * (features[at] ?? 0);
    }
    gradient[classes * width + own] = (gradient[classes * width + own] ?? 0) + slope;
  }
}
