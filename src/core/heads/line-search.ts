/** Returns the value at `point` and writes its gradient into `gradient`. */
export type Objective = (point: Float64Array, gradient: Float64Array) => number;

export interface EvaluatedPoint {
  readonly point: Float64Array<ArrayBuffer>;
  readonly value: number;
  readonly gradient: Float64Array<ArrayBuffer>;
}

/** Point on the line: its distance from the start, and the derivative along the line. */
interface Trial extends EvaluatedPoint {
  readonly distance: number;
  readonly slope: number;
}

/** Constants of sufficient decrease and curvature: Nocedal and Wright's c₁ and c₂ for quasi-Newton methods. */
const DECREASE = 1e-4;
const CURVATURE = 0.9;
const MAX_TRIALS = 40;

/**
 * Searches along start + distance·direction for a point that meets the strong Wolfe conditions (Nocedal and
 * Wright, "Numerical Optimization", 2006, equations 3.7), by widening and then closing a bracket
 * (algorithms 3.5 and 3.6) with cubic interpolation. `length` is the first distance tried. Values that
 * are not finite count as too far. Returns undefined if `direction` does not descend or no point is found; at
 * the end of a minimisation this means that rounding hides any further descent.
 */
export function searchLine(
  objective: Objective,
  start: EvaluatedPoint,
  direction: Float64Array,
  length: number,
): EvaluatedPoint | undefined {
  const initial: Trial = { ...start, distance: 0, slope: dot(start.gradient, direction) };
  if (!(initial.slope < 0)) return undefined;

  // The minimum is between `low`, the best point so far, and `high`; beyond `low` while `high` is undefined.
  let low = initial;
  let high: Trial | undefined;
  let distance = length;
  for (let trials = 0; trials < MAX_TRIALS; trials++) {
    const trial = evaluate(objective, start, direction, distance);
    const enough = initial.value + DECREASE * distance * initial.slope;
    const isFlat = Math.abs(trial.slope) <= -CURVATURE * initial.slope;
    if (isFlat && trial.value <= enough + rounding(initial.value)) return trial;
    if (trial.value <= enough && trial.value < low.value) {
      const towardsHigh = high === undefined ? 1 : high.distance - low.distance;
      if (trial.slope * towardsHigh >= 0) high = low;
      low = trial;
    } else {
      high = trial;
    }
    distance = high === undefined ? 2 * distance : between(low, high);
  }
  return low === initial ? undefined : low;
}

/** Size of differences that rounding can cause; near a minimum the decrease itself is smaller. */
function rounding(value: number): number {
  return 4 * Number.EPSILON * Math.abs(value);
}

function evaluate(
  objective: Objective,
  start: EvaluatedPoint,
  direction: Float64Array,
  distance: number,
): Trial {
  const point = start.point.map((value, at) => value + distance * (direction[at] ?? 0));
  const gradient = new Float64Array(point.length);
  const value = objective(point, gradient);
  return { point, value, gradient, distance, slope: dot(gradient, direction) };
}

/**
 * Minimum of the cubic through both ends and their slopes (Nocedal and Wright, equation 3.59), kept a
 * tenth of the bracket away from either end so that the bracket shrinks.
 */
function between(low: Trial, high: Trial): number {
  const width = high.distance - low.distance;
  const mean = low.slope + high.slope - (3 * (high.value - low.value)) / width;
  const root = Math.sign(width) * Math.sqrt(mean ** 2 - low.slope * high.slope);
  const share = 1 - (high.slope + root - mean) / (high.slope - low.slope + 2 * root);
  // NaN if the cubic has no minimum, or if the far end is not finite.
  const inside = Number.isNaN(share) ? 0.5 : Math.min(0.9, Math.max(0.1, share));
  return low.distance + inside * width;
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let at = 0; at < a.length; at++) sum += (a[at] ?? 0) * (b[at] ?? 0);
  return sum;
}
