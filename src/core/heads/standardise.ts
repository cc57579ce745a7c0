import { matrixSize } from '../metrics/labels.ts';
import { tensor, type Tensor } from '../tensor.ts';

/** Batch norm's mean and 1 / √(variance + ε) of each feature, both (D). */
export interface FeatureStatistics {
  readonly mean: Tensor;
  readonly inverseDeviation: Tensor;
}

/** PyTorch's ε for BatchNorm1d; it limits the factor of a nearly constant feature to 316. */
const EPSILON = 1e-5;

/** Computes statistics of features (N, D); the variance is that of batch norm's training mode, divided by N. */
export function featureStatistics(features: Tensor): FeatureStatistics {
  const { rows, columns } = matrixSize('features', features);
  const mean = new Float64Array(columns);
  for (let at = 0; at < features.data.length; at++) {
    mean[at % columns] = (mean[at % columns] ?? 0) + (features.data[at] ?? 0) / rows;
  }
  const variance = new Float64Array(columns);
  for (let at = 0; at < features.data.length; at++) {
    const deviation = (features.data[at] ?? 0) - (mean[at % columns] ?? 0);
    variance[at % columns] = (variance[at % columns] ?? 0) + deviation ** 2 / rows;
  }
  const inverse = variance.map((value) => 1 / Math.sqrt(value + EPSILON));
  return {
    mean: tensor([columns], Float32Array.from(mean)),
    inverseDeviation: tensor([columns], Float32Array.from(inverse)),
  };
}

/** Computes (features − mean) · inverseDeviation, row by row: (N, D). */
export function standardised(
  features: Tensor,
  { mean, inverseDeviation }: FeatureStatistics,
): Float64Array {
  const width = mean.data.length;
  return Float64Array.from(
    features.data,
    (value, at) =>
      (value - (mean.data[at % width] ?? 0)) * (inverseDeviation.data[at % width] ?? 0),
  );
}
