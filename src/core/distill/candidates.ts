/**
 * Comparison of a student's states only on training images, so that the best one is kept. Two measures, both on images
 * set aside from fit and training: the distance of their features from the teacher's, and, if there are labels, the
 * accuracy of a probe trained on the other labelled images. Every state is measured on the same images, so that
 * differences are paired: what makes an image difficult cancels out.
 *
 * /** Measurements of one state of a student.
 */
export interface Measured {
  /** Mean absolute difference from the teacher's features, one per measured view. */
  readonly losses: Float32Array;
  /** Share of correctly predicted labels of each labelled image set aside, [0, 1]; null without a probe. */
  readonly correct: Float32Array | null;
}

/** Mean of a − b over the same images, and the standard error of this mean. */
export interface PairedDifference {
  readonly mean: number;
  readonly error: number;
}

/** @throws Error if a and b have different lengths, or none */
export function pairedDifference(a: Float32Array, b: Float32Array): PairedDifference {
  if (a.length !== b.length || a.length === 0) {
    throw new Error(`pairedDifference: ${a.length} and ${b.length} values`);
  }
  const differences = Float64Array.from(a, (value, at) => value - (b[at] ?? NaN));
  const mean = meanOf(differences);
  const squares = differences.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  const count = differences.length;
  return { mean, error: count > 1 ? Math.sqrt(squares / (count - 1) / count) : 0 };
}

/** Standard errors above which a rise of the loss counts as real: 2.3 % of equal states exceed it by chance. */
const riseThreshold = 2;

/** True if the loss rose by more than chance; a loss that is not finite counts as risen. */
export function hasRisen(losses: Float32Array, before: Float32Array): boolean {
  const { mean, error } = pairedDifference(losses, before);
  return !Number.isFinite(mean) || mean > riseThreshold * error;
}

/**
 * True if the probe of a is more accurate than the probe of b by more than one standard error over the images, as in
 * the rule of Breiman et al. (Classification and Regression Trees, 1984, 3.4.3). Probes that differ by a single label
 * count as equally accurate.
 */
export function isMoreAccurate(a: Measured, b: Measured): boolean {
  if (!a.correct || !b.correct) return false;
  const { mean, error } = pairedDifference(a.correct, b.correct);
  return mean > error && mean * a.correct.length > 1;
}

/** Mean loss over the views; infinite if it is not a number. */
export function lossOf({ losses }: Pick<Measured, 'losses'>): number {
  const loss = meanOf(losses);
  return Number.isFinite(loss) ? loss : Infinity;
}

/** Accuracy on the images set aside, [0, 1]; null without a probe. */
export function accuracyOf({ correct }: Pick<Measured, 'correct'>): number | null {
  return correct && meanOf(correct);
}

/**
 * True if a challenger replaces the champion: it must be as accurate as the most accurate state so far, within the
 * noise, and either more accurate than the champion or, at equal accuracy within the noise, closer to the teacher.
 *
 * @param peak the most accurate state so far, a fixed reference so that small losses of accuracy cannot add up
 */
export function replacesChampion(
  challenger: Measured,
  champion: Measured,
  peak: Measured,
): boolean {
  if (!Number.isFinite(lossOf(challenger))) return false;
  if (isMoreAccurate(peak, challenger) || isMoreAccurate(champion, challenger)) return false;
  if (isMoreAccurate(challenger, champion)) return true;
  return lossOf(challenger) < lossOf(champion);
}

function meanOf(values: Float32Array | Float64Array): number {
  let sum = 0;
  for (const value of values) sum += value;
  return sum / values.length;
}
