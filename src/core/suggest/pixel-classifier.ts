import { minimise } from '../heads/lbfgs.ts';
import { probeLoss } from '../heads/logistic-loss.ts';
import { featureStatistics, standardised } from '../heads/standardise.ts';
import { tensor } from '../tensor.ts';
import type { FeatureBytes } from './feature-bytes.ts';

/** Training pixels marked by the user. N pixels, F features, D width of patch features. */
export interface PixelSamples {
  readonly count: number;
  /** Pixel features, (N, F). */
  readonly bytes: Uint8Array;
  /** Patch features, (N, D). */
  readonly patches: Float32Array;
  /** Class indices, (N), from 0. */
  readonly classes: Uint8Array;
}

/**
 * Classifier of pixels. A class's logit is the sum of a function of each pixel feature, stored as a table over its 256
 * values, and of a linear function of the patch features. C classes.
 */
export interface PixelClassifier {
  readonly classes: number;
  readonly features: number;
  /** Tables of the pixel features' functions, (C, F, 256). */
  readonly tables: Float32Array;
  /** Weights of the patch features, (C, D). */
  readonly patchWeights: Float32Array;
  /** Biases, (C). */
  readonly bias: Float32Array;
}

/** Quantiles of the sample at which a feature's functions have knots. */
const knotQuantiles = [0.25, 0.5, 0.75];
/** Functions per feature: x and |x − knot| for each knot, which allow a piecewise linear function. */
const functions = 1 + knotQuantiles.length;
/**
 * Scale of patch features. They are many and nearly equal within a stroke; at a third of their size the penalty
 * prefers pixel features where these suffice. Measured on the scenes of `bench/suggest.ts`: at 1 edges and
 * cells are worse, at 0.1 textures.
 */
const patchScale = 0.3;
/** Solver options: enough for the labels to be stable; the loss itself need not reach its minimum. */
const solution = { maxIterations: 40, gradientTolerance: 3e-4 };

/**
 * Trains by logistic regression with L2 penalty 1 (scikit-learn's C = 1). Deterministic.
 *
 * @param beforeIteration awaited before each iteration; throws to stop
 */
export async function trainPixelClassifier(
  samples: PixelSamples,
  classes: number,
  beforeIteration?: () => void | Promise<void>,
): Promise<PixelClassifier> {
  const { count } = samples;
  const features = samples.bytes.length / count;
  const knots = knotsOf(samples.bytes, features);
  const inputs = designMatrix(samples, knots);
  const statistics = featureStatistics(inputs);
  const columns = inputs.shape[1] ?? 0;
  const values = standardised(inputs, statistics);
  const scales = Float64Array.from({ length: columns }, (_, column) =>
    column < features * functions ? 1 : patchScale,
  );
  for (let at = 0; at < values.length; at++) {
    values[at] = (values[at] ?? 0) * (scales[at % columns] ?? 1);
  }
  const isTrue = new Uint8Array(count * classes);
  for (let row = 0; row < count; row++) isTrue[row * classes + (samples.classes[row] ?? 0)] = 1;
  const data = { features: values, isTrue, width: columns, classes, task: 'single' as const };
  const rows = Uint32Array.from({ length: count }, (_, row) => row);
  const start = new Float64Array((columns + 1) * classes);
  const { point } = await minimise(probeLoss(data, rows, 1), start, {
    ...solution,
    beforeIteration,
  });
  const slopes = Float64Array.from(
    { length: columns * classes },
    (_, at) =>
      (point[at] ?? 0) *
      (scales[at % columns] ?? 1) *
      (statistics.inverseDeviation.data[at % columns] ?? 0),
  );
  return folded({ classes, features, knots, slopes, point, mean: statistics.mean.data });
}

/** Computes the knots (F, K) of each feature, in [0, 1]. */
function knotsOf(bytes: Uint8Array, features: number): Float64Array {
  const count = bytes.length / features;
  const knots = new Float64Array(features * knotQuantiles.length);
  const column = new Uint8Array(count);
  for (let feature = 0; feature < features; feature++) {
    for (let row = 0; row < count; row++) column[row] = bytes[row * features + feature] ?? 0;
    column.sort();
    knotQuantiles.forEach((share, at) => {
      knots[feature * knotQuantiles.length + at] =
        (column[Math.floor(share * (count - 1))] ?? 0) / 255;
    });
  }
  return knots;
}

/** Builds the design matrix: functions of the pixel features, then the patch features, (N, F · 4 + D). */
function designMatrix(
  { count, bytes, patches }: PixelSamples,
  knots: Float64Array,
): ReturnType<typeof tensor> {
  const features = bytes.length / count;
  const width = patches.length / count;
  const columns = features * functions + width;
  const data = new Float32Array(count * columns);
  for (let row = 0; row < count; row++) {
    let at = row * columns;
    for (let feature = 0; feature < features; feature++) {
      const value = (bytes[row * features + feature] ?? 0) / 255;
      data[at++] = value;
      for (let knot = 0; knot < knotQuantiles.length; knot++) {
        data[at++] = Math.abs(value - (knots[feature * knotQuantiles.length + knot] ?? 0));
      }
    }
    data.set(patches.subarray(row * width, (row + 1) * width), at);
  }
  return tensor([count, columns], data);
}

interface Fitted {
  readonly classes: number;
  readonly features: number;
  readonly knots: Float64Array;
  /** Slopes on inputs that are not standardised, (C, F · 4 + D). */
  readonly slopes: Float64Array;
  /** Solution of the fit; its last C values are the biases on standardised inputs. */
  readonly point: Float64Array;
  readonly mean: Float32Array;
}

function folded({ classes, features, knots, slopes, point, mean }: Fitted): PixelClassifier {
  const columns = mean.length;
  const bent = features * functions;
  const tables = new Float32Array(classes * features * 256);
  const patchWeights = new Float32Array(classes * (columns - bent));
  const bias = new Float32Array(classes);
  for (let own = 0; own < classes; own++) {
    const row = slopes.subarray(own * columns, (own + 1) * columns);
    patchWeights.set(row.subarray(bent), own * (columns - bent));
    let sum = point[classes * columns + own] ?? 0;
    for (let column = 0; column < columns; column++) {
      sum -= (row[column] ?? 0) * (mean[column] ?? 0);
    }
    bias[own] = sum;
    for (let feature = 0; feature < features; feature++) {
      const table = tables.subarray((own * features + feature) * 256);
      for (let byte = 0; byte < 256; byte++) {
        const value = byte / 255;
        let height = value * (row[feature * functions] ?? 0);
        for (let knot = 0; knot < knotQuantiles.length; knot++) {
          const distance = Math.abs(value - (knots[feature * knotQuantiles.length + knot] ?? 0));
          height += distance * (row[feature * functions + 1 + knot] ?? 0);
        }
        table[byte] = height;
      }
    }
  }
  return { classes, features, tables, patchWeights, bias };
}

/** Computes the patch features' (D) contribution to each class's logit, with the bias: written to `out` (C). */
export function patchLogits(
  { classes, patchWeights, bias }: PixelClassifier,
  patch: Float32Array,
  out: Float32Array,
): void {
  const width = patch.length;
  for (let own = 0; own < classes; own++) {
    let sum = bias[own] ?? 0;
    for (let at = 0; at < width; at++) {
      sum += (patchWeights[own * width + at] ?? 0) * (patch[at] ?? 0);
    }
    out[own] = sum;
  }
}

/** Consecutive pixels of a block. */
export interface PixelRun {
  readonly bytes: FeatureBytes;
  readonly first: number;
  readonly pixels: number;
}

/** Adds the pixel features' contribution to the logits of one class, (pixels). */
export function addFeatureLogits(
  { tables, features }: PixelClassifier,
  own: number,
  { bytes, first, pixels }: PixelRun,
  logits: Float32Array,
): void {
  const table = (feature: number): Float32Array => {
    const start = (own * features + feature) * 256;
    return tables.subarray(start, start + 256);
  };
  const plane = (feature: number): Uint8Array => {
    const start = feature * bytes.pixels + first;
    return bytes.data.subarray(start, start + pixels);
  };
  let feature = 0;
  // Three features at a time, so that the logits are read and written less often.
  for (; feature + 2 < features; feature += 3) {
    const [tableA, tableB, tableC] = [table(feature), table(feature + 1), table(feature + 2)];
    const [planeA, planeB, planeC] = [plane(feature), plane(feature + 1), plane(feature + 2)];
    for (let at = 0; at < pixels; at++) {
      logits[at] =
        (logits[at] ?? 0) +
        (tableA[planeA[at] ?? 0] ?? 0) +
        (tableB[planeB[at] ?? 0] ?? 0) +
        (tableC[planeC[at] ?? 0] ?? 0);
    }
  }
  for (; feature < features; feature++) {
    const [heights, values] = [table(feature), plane(feature)];
    for (let at = 0; at < pixels; at++) {
      logits[at] = (logits[at] ?? 0) + (heights[values[at] ?? 0] ?? 0);
    }
  }
}
