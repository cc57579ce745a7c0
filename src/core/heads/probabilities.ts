import { matrixSize, type ClassificationTask } from '../metrics/labels.ts';
import type { Tensor } from '../tensor.ts';

/** Converts logits (N, classes) to probabilities: softmax over each row if an image has one class, else sigmoids. */
export function probabilitiesOf(logits: Tensor, task: ClassificationTask): Tensor {
  if (task === 'several') return { shape: logits.shape, data: logits.data.map(sigmoid) };
  const { rows, columns } = matrixSize('logits', logits);
  const data = new Float32Array(logits.data.length);
  for (let row = 0; row < rows; row++) {
    const own = Float64Array.from(logits.data.subarray(row * columns, (row + 1) * columns));
    softmax(own);
    data.set(own, row * columns);
  }
  return { shape: logits.shape, data };
}

/** Computes 1 / (1 + e^−z) from an exponential that never overflows. */
export function sigmoid(logit: number): number {
  const small = Math.exp(-Math.abs(logit));
  return (logit >= 0 ? 1 : small) / (1 + small);
}

/** Computes log(1 + e^z), the cross-entropy of a negative, without overflow. */
export function softplus(logit: number): number {
  return Math.max(logit, 0) + Math.log1p(Math.exp(-Math.abs(logit)));
}

/** Replaces logits by their softmax and returns the logarithm of the sum of their exponentials. */
export function softmax(logits: Float64Array): number {
  const greatest = logits.reduce((most, logit) => Math.max(most, logit), -Infinity);
  let sum = 0;
  for (let at = 0; at < logits.length; at++) {
    const term = Math.exp((logits[at] ?? NaN) - greatest);
    logits[at] = term;
    sum += term;
  }
  for (let at = 0; at < logits.length; at++) logits[at] = (logits[at] ?? NaN) / sum;
  return greatest + Math.log(sum);
}
