import { searchLine, type Objective } from './line-search.ts';

export type { Objective } from './line-search.ts';

export interface MinimiseOptions {
  /** Largest absolute partial derivative at which to stop; 1e-6 by default. */
  readonly gradientTolerance?: number;
  /** Limit of iterations; 1,000 by default. */
  readonly maxIterations?: number;
  /** Number of earlier steps that estimate the curvature; 10 by default. */
  readonly memory?: number;
  /** Callback awaited before each iteration; throws to stop. */
  readonly beforeIteration?: (() => void | Promise<void>) | undefined;
}

export interface Minimum {
  readonly point: Float64Array;
  readonly value: number;
  /** Largest absolute partial derivative at `point`. */
  readonly gradientNorm: number;
  readonly iterations: number;
  /** False if iterations ran out, or if rounding hides any further descent. */
  readonly converged: boolean;
}

/** Step of an earlier iteration, and the change of the gradient over it. */
interface Correction {
  readonly step: Float64Array;
  readonly change: Float64Array;
  /** 1 / (step · change), above 0. */
  readonly inverseCurvature: number;
}

/**
 * Minimises a smooth function by L-BFGS (Liu and Nocedal, Mathematical Programming 45, 1989; Nocedal and
 * Wright, "Numerical Optimization", 2006, algorithm 7.5) in float64, with strong Wolfe line searches.
 * Deterministic. `start` is not modified.
 */
export async function minimise(
  objective: Objective,
  start: Float64Array,
  options: MinimiseOptions = {},
): Promise<Minimum> {
  const { gradientTolerance = 1e-6, maxIterations = 1000, memory = 10 } = options;
  const corrections: Correction[] = [];
  let gradient = new Float64Array(start.length);
  let point = start.slice();
  let value = objective(point, gradient);
  if (!Number.isFinite(value)) throw new Error(`minimise: the start has value ${value}`);
  let iterations = 0;
  for (; greatest(gradient) > gradientTolerance && iterations < maxIterations; iterations++) {
    await options.beforeIteration?.();
    const direction = descentDirection(gradient, corrections);
    // The scale is unknown at first: try a step of length one at most (their section 3.5).
    const length = corrections.length > 0 ? 1 : Math.min(1, 1 / Math.sqrt(dot(gradient, gradient)));
    const next = searchLine(objective, { point, value, gradient }, direction, length);
    if (next === undefined) {
      // Curvature from far away may mislead; without it the direction is steepest descent.
      if (corrections.length === 0) break;
      corrections.length = 0;
      continue;
    }
    remember(
      corrections,
      memory,
      difference(next.point, point),
      difference(next.gradient, gradient),
    );
    ({ point, value, gradient } = next);
  }
  const gradientNorm = greatest(gradient);
  const converged = gradientNorm <= gradientTolerance;
  return { point, value, gradientNorm, iterations, converged };
}

/** Computes −H·gradient, H being the inverse Hessian estimated from the corrections (their algorithm 7.4). */
function descentDirection(
  gradient: Float64Array,
  corrections: readonly Correction[],
): Float64Array {
  const direction = gradient.map((slope) => -slope);
  const weights: number[] = [];
  for (const { step, change, inverseCurvature } of corrections.toReversed()) {
    const weight = inverseCurvature * dot(step, direction);
    weights.push(weight);
    addScaled(direction, change, -weight);
  }
  const latest = corrections.at(-1);
  if (latest !== undefined) {
    const scale = 1 / (latest.inverseCurvature * dot(latest.change, latest.change));
    for (let at = 0; at < direction.length; at++) direction[at] = (direction[at] ?? 0) * scale;
  }
  for (const { step, change, inverseCurvature } of corrections) {
    const weight = inverseCurvature * dot(change, direction);
    addScaled(direction, step, (weights.pop() ?? 0) - weight);
  }
  return direction;
}

function remember(
  corrections: Correction[],
  memory: number,
  step: Float64Array,
  change: Float64Array,
): void {
  const curvature = dot(step, change);
  // Wolfe's second condition makes the curvature positive; rounding near the minimum may not.
  if (curvature <= Number.EPSILON * dot(change, change)) return;
  corrections.push({ step, change, inverseCurvature: 1 / curvature });
  if (corrections.length > memory) corrections.shift();
}

function greatest(values: Float64Array): number {
  return values.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
}

function difference(a: Float64Array, b: Float64Array): Float64Array {
  return a.map((value, at) => value - (b[at] ?? 0));
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let at = 0; at < a.length; at++) sum += (a[at] ?? 0) * (b[at] ?? 0);
  return sum;
}

function addScaled(target: Float64Array, values: Float64Array, scale: number): void {
  for (let at = 0; at < target.length; at++) {
    target[at] = (target[at] ?? 0) + scale * (values[at] ?? 0);
  }
}
