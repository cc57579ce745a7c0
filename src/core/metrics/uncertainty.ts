import type { ClassificationTask } from './labels.ts';

export interface Uncertainty {
  /** Uncertainty from 0 (sure) to 1 (undecided). */
  readonly uncertainty: number;
  /** Indices of the classes it is between, at most two, the more probable first. */
  readonly between: readonly number[];
}

/**
 * Computes how uncertain the prediction of one image is, by its margin. With one class per image: one minus the lead of
 * the most probable class over the next, since the user's label decides which of the two it is; the entropy would also
 * count probability spread over implausible classes, and more so the more classes there are. With several labels: one
 * minus twice the distance of the class nearest to ½ from it.
 */
export function uncertaintyOf(
  probabilities: Float32Array | readonly number[],
  task: ClassificationTask,
): Uncertainty {
  const classes = [...probabilities.keys()];
  const at = (index: number): number => probabilities[index] ?? 0;
  const away = (index: number): number => Math.abs(at(index) - 0.5);
  const byProbability = (one: number, other: number): number => at(other) - at(one);
  if (task === 'single') {
    const [first = 0, second] = classes.sort(byProbability);
    const lead = at(first) - (second === undefined ? 0 : at(second));
    return {
      uncertainty: within(1 - lead),
      between: second === undefined ? [first] : [first, second],
    };
  }
  const nearest = classes.sort((one, other) => away(one) - away(other)).slice(0, 2);
  const [first = 0] = nearest;
  return { uncertainty: within(1 - 2 * away(first)), between: nearest.sort(byProbability) };
}

/** Clamps to [0, 1]: sums of float32 probabilities differ a little from one. */
function within(value: number): number {
  return Math.min(1, Math.max(0, value));
}
