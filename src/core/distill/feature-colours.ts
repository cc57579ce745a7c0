import { Random } from '../random.ts';
import type { Tensor } from '../tensor.ts';

/**
 * Mapping from patch features to colours. The direction in which a teacher's features vary most (the first
 * principal component) is lightness, the next two are the colour axes of OKLab (Ottosson, "A perceptual
 * color space for image processing", 2020), where equal distances look about equal. The student's features
 * are coloured by its teacher's directions, so that equal colours mean equal features.
 */
export interface FeatureColours {
  /** Mean of the features, (D). */
  readonly mean: Float64Array;
  /** Principal axes, (3, D), orthonormal, the direction of the largest variance first. */
  readonly axes: readonly Float64Array[];
  /** Projections on each axis that map to the ends of its colour range. */
  readonly ranges: readonly (readonly [low: number, high: number])[];
}

/** Rounds of orthogonal iteration: colours need little precision. */
const rounds = 50;
/** Share of the features that is clipped at either end of a colour range. */
const cut = 0.02;
/** Ranges of lightness and of the two colour axes: muted, and inside sRGB except at the corners. */
const oklab = [
  [0.26, 0.84],
  [-0.08, 0.08],
  [-0.08, 0.08],
] as const;

/**
 * Computes the colour mapping of a teacher's patch features.
 *
 * @param features (P, D), at least one row
 */
export function featureColours(features: Tensor): FeatureColours {
  const [rows = 0, width = 0] = features.shape;
  if (rows === 0 || width < 3) {
    throw new Error(`featureColours: expected (P, D ≥ 3), got (${features.shape.join(', ')})`);
  }
  const mean = columnMeans(features.data, width);
  const centred = Float64Array.from(features.data, (value, at) => value - (mean[at % width] ?? 0));
  const axes = principalAxes(centred, width);
  const ranges = axes.map((axis) => middleRange(projections(centred, axis)));
  return { mean, axes, ranges };
}

/**
 * Colours patch features.
 *
 * @param features (P, D)
 * @returns (P, 3), 8-bit RGB
 */
export function colourFeatures(
  { mean, axes, ranges }: FeatureColours,
  { data }: Tensor,
): Uint8Array<ArrayBuffer> {
  const width = mean.length;
  const centred = Float64Array.from(data, (value, at) => value - (mean[at % width] ?? 0));
  const parts = axes.map((axis, part) => {
    const [low, high] = ranges[part] ?? [0, 1];
    const [least, most] = oklab[part] ?? [0, 1];
    return projections(centred, axis).map((value) => {
      const share = Math.min(1, Math.max(0, (value - low) / (high - low)));
      return least + share * (most - least);
    });
  });
  const colours = new Uint8ClampedArray((3 * data.length) / width);
  for (let row = 0; row < colours.length / 3; row++) {
    colours.set(srgb(parts[0]?.[row] ?? 0, parts[1]?.[row] ?? 0, parts[2]?.[row] ?? 0), 3 * row);
  }
  return new Uint8Array(colours.buffer);
}

/** Converts OKLab to sRGB in 0–255, with the matrices of its definition. */
function srgb(lightness: number, a: number, b: number): [number, number, number] {
  const l = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3;
  const m = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3;
  const s = (lightness - 0.0894841775 * a - 1.291485548 * b) ** 3;
  return [
    encoded(4.0767416621 * l - 3.3077115913 * m + 0.2309699292 * s),
    encoded(-1.2684380046 * l + 2.6097574011 * m - 0.3413193965 * s),
    encoded(-0.0041960863 * l - 0.7034186147 * m + 1.707614701 * s),
  ];
}

/** Converts linear light to an sRGB value (IEC 61966-2-1). */
function encoded(light: number): number {
  return 255 * (light <= 0.0031308 ? 12.92 * light : 1.055 * light ** (1 / 2.4) - 0.055);
}

function columnMeans(data: Float32Array, width: number): Float64Array {
  const sums = new Float64Array(width);
  data.forEach((value, at) => {
    sums[at % width] = (sums[at % width] ?? 0) + value;
  });
  return sums.map((sum) => (sum * width) / data.length);
}

/** Finds three axes by orthogonal iteration, without forming XᵀX (Golub and Van Loan, Matrix Computations, 8.2.4). */
function principalAxes(centred: Float64Array, width: number): Float64Array[] {
  const random = new Random(0, 0xc0102);
  let axes = [0, 1, 2].map(() => Float64Array.from({ length: width }, () => random.normal()));
  for (let round = 0; round < rounds; round++) {
    axes = orthonormal(
      axes.map((axis) => timesTransposed(centred, projections(centred, axis), axis)),
    );
  }
  return axes.map((axis) => withFixedSign(axis, projections(centred, axis)));
}

/** Computes X·axis: one value per row. */
function projections(centred: Float64Array, axis: Float64Array): Float64Array {
  const width = axis.length;
  return Float64Array.from({ length: centred.length / width }, (_, row) => {
    let sum = 0;
    for (let at = 0; at < width; at++) {
      sum += (centred[row * width + at] ?? 0) * (axis[at] ?? 0);
    }
    return sum;
  });
}

/** Computes Xᵀ·values; returns the axis unchanged if the result is zero. */
function timesTransposed(
  centred: Float64Array,
  values: Float64Array,
  axis: Float64Array<ArrayBuffer>,
): Float64Array<ArrayBuffer> {
  const width = axis.length;
  const result = new Float64Array(width);
  values.forEach((value, row) => {
    for (let at = 0; at < width; at++) {
      result[at] = (result[at] ?? 0) + value * (centred[row * width + at] ?? 0);
    }
  });
  return normOf(result) > 0 ? result : axis;
}

/** Orthonormalises axes by Gram and Schmidt, twice, so that nearly parallel axes come out orthogonal too. */
function orthonormal(axes: readonly Float64Array<ArrayBuffer>[]): Float64Array<ArrayBuffer>[] {
  const done: Float64Array<ArrayBuffer>[] = [];
  for (const axis of axes) {
    let rest = unit(axis);
    for (const other of [...done, ...done]) {
      const share = dot(rest, other);
      rest = rest.map((value, at) => value - share * (other[at] ?? 0));
    }
    done.push(unit(rest));
  }
  return done;
}

function dot(one: Float64Array, other: Float64Array): number {
  return one.reduce((sum, value, at) => sum + value * (other[at] ?? 0), 0);
}

function normOf(axis: Float64Array): number {
  return Math.sqrt(dot(axis, axis));
}

function unit(axis: Float64Array<ArrayBuffer>): Float64Array<ArrayBuffer> {
  const length = normOf(axis);
  return length > 0 ? axis.map((value) => value / length) : axis;
}

/** Chooses the sign of an axis, which is arbitrary, so that rare values become bright and most of a map stays calm. */
function withFixedSign(
  axis: Float64Array<ArrayBuffer>,
  values: Float64Array,
): Float64Array<ArrayBuffer> {
  const skewness = values.reduce((sum, value) => sum + value ** 3, 0);
  return skewness < 0 ? axis.map((value) => -value) : axis;
}

/** Range of all values but the extremes, never empty. */
function middleRange(values: Float64Array): [low: number, high: number] {
  const sorted = values.toSorted();
  const at = (share: number): number => sorted[Math.round(share * (sorted.length - 1))] ?? 0;
  const [low, high] = [at(cut), at(1 - cut)];
  return high > low ? [low, high] : [low - 0.5, low + 0.5];
}
