/** Point of a loss curve. */
export interface CurvePoint {
  readonly step: number;
  readonly loss: number;
}

/** Texts of a loss chart. */
export interface LossWords {
  readonly name: string;
  readonly waiting: string;
  readonly at: (step: number, loss: number) => string;
  readonly alternative: (first: number, last: number, step: number) => string;
}

/** Part of a curve: one of several consecutive trainings. */
export interface CurvePart {
  readonly name: string;
  /** Last step of the part. */
  readonly end: number;
}

/** Splits a curve by its parts, each with the step after which it begins. Without parts it is one unnamed part. */
export function partsOf(
  points: readonly CurvePoint[],
  parts: readonly CurvePart[],
): readonly { name: string; start: number; points: readonly CurvePoint[] }[] {
  if (parts.length === 0) return [{ name: '', start: 0, points }];
  return parts.map(({ name, end }, index) => {
    const start = parts[index - 1]?.end ?? 0;
    return { name, start, points: points.filter(({ step }) => step > start && step <= end) };
  });
}

/** Number of neighbours on each side in the moving average, growing with the length of the run. */
function reachOf(points: readonly CurvePoint[]): number {
  return Math.floor(Math.min(24, points.length / 30));
}

/**
 * Moving average, which shows the trend behind the variation between batches. The first point is unchanged; the last
 * value is the mean of the last `reach + 1` points, so that the end of a growing curve does not jump.
 *
 * @param reach number of neighbours on each side
 */
export function smoothed(
  points: readonly CurvePoint[],
  reach = reachOf(points),
): readonly CurvePoint[] {
  const sums = [0];
  for (const { loss } of points) sums.push((sums.at(-1) ?? 0) + loss);
  return points.map(({ step }, index) => {
    const before = Math.min(reach, index);
    const after = Math.min(before, points.length - 1 - index);
    const sum = (sums[index + after + 1] ?? 0) - (sums[index - before] ?? 0);
    return { step, loss: sum / (before + after + 1) };
  });
}

/** Current loss: the last value of the smoothed curve. */
export function latestLoss(points: readonly CurvePoint[]): number | undefined {
  return smoothed(points.slice(-reachOf(points) - 1), reachOf(points)).at(-1)?.loss;
}

/** Downsamples a curve to `count` points: both ends, and the means of equal ranges between them. */
export function thinned(points: readonly CurvePoint[], count: number): readonly CurvePoint[] {
  const [first, last] = [points[0], points.at(-1)];
  if (points.length <= count || first === undefined || last === undefined) return points;
  const inner = points.slice(1, -1);
  const stretches = count - 2;
  const means = Array.from({ length: stretches }, (_, index) => {
    const from = Math.floor((index * inner.length) / stretches);
    return meanOf(inner.slice(from, Math.floor(((index + 1) * inner.length) / stretches)));
  });
  return [first, ...means, last];
}

function meanOf(points: readonly CurvePoint[]): CurvePoint {
  const total = points.reduce(
    (sum, { step, loss }) => ({ step: sum.step + step, loss: sum.loss + loss }),
    { step: 0, loss: 0 },
  );
  return { step: Math.round(total.step / points.length), loss: total.loss / points.length };
}

/** Point with the nearest step, by binary search; points are sorted by step. */
export function nearest<T extends { readonly step: number }>(
  points: readonly T[],
  step: number,
): T | undefined {
  let [low, high] = [0, points.length - 1];
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if ((points[middle]?.step ?? 0) <= step) low = middle;
    else high = middle;
  }
  const [before, after] = [points[low], points[high]];
  if (before === undefined || after === undefined) return before ?? after;
  return step - before.step <= after.step - step ? before : after;
}

/**
 * Points up to a step; later ones belong to a part of the run that was repeated from a checkpoint. Returns the same
 * array if there is nothing to drop.
 */
export function upTo<T extends { readonly step: number }>(
  known: readonly T[],
  step: number,
): readonly T[] {
  return known.some((one) => one.step > step) ? known.filter((one) => one.step <= step) : known;
}

/** Merges new points into a curve, sorted by step; of two points at one step the new one wins. */
export function merged(
  known: readonly CurvePoint[],
  added: readonly CurvePoint[],
): readonly CurvePoint[] {
  const last = known.at(-1)?.step ?? 0;
  if (added.every(({ step }, index) => step > (added[index - 1]?.step ?? last))) {
    return [...known, ...added];
  }
  const points = new Map([...known, ...added].map((point) => [point.step, point]));
  return [...points.values()].sort((a, b) => a.step - b.step);
}
