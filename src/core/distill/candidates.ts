/**
 * Comparison of states of a student on training images alone, so that the best one is kept. Two measures, both on images
 * that are set aside from fit and training: the distance of their features from the teacher's, and where there are
 * labels, which of them are predicted correctly by a probe that learnt from the other labelled images. The same images
 * are measured for every state, so that differences are paired: what makes an image difficult cancels out.
 */

/** Measurements of one state of a student. */
export interface Measured {
  /** Mean absolute difference from the teacher's features, one for each view that is measured. */
  readonly losses: Float32Array;
  /** Share of its labels that are predicted correctly, one for each labelled image that is set aside, [0, 1]; null without a probe. */
  readonly correct: Float32Array | null;
}

/** Mean of a − b over the same images, and the standard error of this mean. */
export interface PairedDifference {
  readonly mean: number;
  readonly error: number;
}

/** @throws Error where a and b are not of the same images */
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

/** Standard errors above which a rise of the loss is no noise: 2.3 % of equal states would pass it by chance. */
const errorsOfRise = 2;

/** Whether the loss rose by more than chance; a loss that is not finite has risen. */
export function hasRisen(losses: Float32Array, before: Float32Array): boolean {
  const { mean, error } = pairedDifference(losses, before);
  return !Number.isFinite(mean) || mean > errorsOfRise * error;
}

/**
 * Whether the probe of a is more accurate than the probe of b by more than the noise of the images that it was counted
 * on: one standard error, as in the rule of Breiman et al. (Classification and Regression Trees, 1984, 3.4.3). Images on
 * which the probes differ by one label are too few to tell.
 */
export function isMoreAccurate(a: Measured, b: Measured): boolean {
  if (!a.correct || !b.correct) return false;
  const { mean, error } = pairedDifference(a.correct, b.correct);
  return mean > error && mean * a.correct.length > 1;
}

/** Mean loss of the views; infinite where it is not a number. */
export function lossOf({ losses }: Pick<Measured, 'losses'>): number {
  const loss = meanOf(losses);
  return Number.isFinite(loss) ? loss : Infinity;
}

/** Accuracy on the images that are set aside, [0, 1]; null without a probe. */
export function accuracyOf({ correct }: Pick<Measured, 'correct'>): number | null {
  return correct && meanOf(correct);
}

/**
 * Whether a challenger takes the champion's place: it must be as accurate as the most accurate state so far, within the
 * noise, and either more accurate than the champion or, with the same accuracy within the noise, nearer to the teacher.
 *
 * @param peak the most accurate state so far, against which small losses of accuracy cannot add up
 */
export function takesPlace(challenger: Measured, champion: Measured, peak: Measured): boolean {
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
