/** A point of a curve over steps. */
export interface CurvePoint {
  readonly step: number;
  readonly loss: number;
}

/** What is said of a curve of losses. */
export interface LossWords {
  readonly name: string;
  readonly waiting: string;
  readonly at: (step: number, loss: number) => string;
  readonly alternative: (first: number, last: number, step: number) => string;
}

/** Neighbours on one side that a mean takes in: more of a long run. */
function reachOf(points: readonly CurvePoint[]): number {
  return Math.floor(Math.min(24, points.length / 30));
}

/**
 * The mean of each point and its neighbours: batches differ, and what counts is where the loss goes. The
 * first point stays as it is; the last is the mean of those before it, so that the end of a growing
 * curve does not jump.
 *
 * @param reach neighbours on one side
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

/** Where the loss is now: the end of the smoothed curve. */
export function latestLoss(points: readonly CurvePoint[]): number | undefined {
  return smoothed(points.slice(-reachOf(points) - 1), reachOf(points)).at(-1)?.loss;
}

/** At most `count` points, the ends among them: each the mean of its stretch. */
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

/** The point whose step is nearest; points are in the order of their steps. */
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
 * What lies up to a step; past it is the course of a run that went back. The same array where there is
 * nothing to drop.
 */
export function upTo<T extends { readonly step: number }>(
  known: readonly T[],
  step: number,
): readonly T[] {
  return known.some((one) => one.step > step) ? known.filter((one) => one.step <= step) : known;
}

/** What is known and what came, in order and each step once; the later one counts. */
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
