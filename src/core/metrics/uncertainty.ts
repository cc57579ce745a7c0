import type { ClassificationTask } from './labels.ts';

export interface Uncertainty {
  /** 0 sure to 1 undecided. */
  readonly uncertainty: number;
  /** Indices of the classes that it is about, at most two, the more probable first. */
  readonly between: readonly number[];
}

/**
 * How undecided the probabilities of one image are. By the margin: where an image has one class, one less what
 * the likeliest class leads the next by, since which of the two it is, is what a person's label settles; the
 * entropy would also count what is spread over classes that nobody would take it for, and more so the more classes
 * there are. Where it may have several, one less twice what the class nearest to ½ is away from it.
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

/** Sums of float32 probabilities end a little beside one. */
function within(value: number): number {
  return Math.min(1, Math.max(0, value));
}
