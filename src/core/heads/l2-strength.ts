import { Random } from '../random.ts';
import { minimise } from './lbfgs.ts';
import { meanCrossEntropy, probeLoss, type ProbeData } from './logistic-loss.ts';

const FOLDS = 5;

/** Number of images beyond which the choice hardly improves, and costs as much as the final fit or more. */
const MOST_IMAGES = 1000;

/**
 * L2 strengths for features of unit variance, strongest first, as shares of the feature width: a logit's
 * prior variance is width / l2. Measured with 5 to 40 images per class on two data sets and three vision
 * transformers of width 192: the best test accuracy was between the first and the sixth; beyond that it
 * hardly changed or fell.
 */
const SHARES_OF_WIDTH = [10 ** 0.5, 1, 10 ** -0.5, 10 ** -1, 10 ** -1.5, 10 ** -2, 10 ** -2.5];

/** Default strength: in the same measurements at most 2 points below the best, and mostly within 0.5. */
const DEFAULT_SHARE = 0.2;

export interface L2Options {
  readonly seed: number;
  readonly beforeIteration?: () => void | Promise<void>;
}

/**
 * Chooses the probe's L2 strength by stratified 5-fold cross validation: the strongest whose mean held-out
 * cross-entropy is within one standard error of the lowest (the one-standard-error rule; Hastie,
 * Tibshirani and Friedman, "The Elements of Statistical Learning", 2009, section 7.10). Each fold's fits
 * start from those of the next stronger value. With fewer than five images per class on average, or a class with one
 * image, a fixed strength is returned instead.
 */
export async function chooseL2(data: ProbeData, options: L2Options): Promise<number> {
  if (!canCrossValidate(data)) return defaultL2(data.width);
  const folds = splits(stratifiedFolds(data, options.seed), data);
  const path: Candidate[] = [];
  let best: Candidate | undefined;
  for (const share of SHARES_OF_WIDTH) {
    const l2 = share * data.width;
    const candidate = { l2, ...meanAndError(await heldOutLosses(data, folds, l2, options)) };
    path.push(candidate);
    if (best === undefined || candidate.mean < best.mean) best = candidate;
    // The loss has a single minimum over the strength; weaker fits beyond it are the slow ones.
    else if (candidate.mean > best.mean + best.error) break;
  }
  const limit = best === undefined ? Infinity : best.mean + best.error;
  return path.find(({ mean }) => mean <= limit)?.l2 ?? defaultL2(data.width);
}

/** A strength with its held-out cross-entropy. */
interface Candidate {
  readonly l2: number;
  readonly mean: number;
  readonly error: number;
}

interface Split {
  readonly rows: Uint32Array;
  readonly heldOut: Uint32Array;
  /** Start of the next fit: the result of the last one. */
  parameters: Float64Array;
}

function splits(folds: readonly Uint32Array[], { width, classes }: ProbeData): Split[] {
  return folds.map((heldOut) => {
    const rest = folds.filter((other) => other !== heldOut).flatMap((rows) => [...rows]);
    const parameters = new Float64Array((width + 1) * classes);
    return { rows: Uint32Array.from(rest), heldOut, parameters };
  });
}

async function heldOutLosses(
  data: ProbeData,
  folds: readonly Split[],
  l2: number,
  { beforeIteration }: L2Options,
): Promise<number[]> {
  const losses: number[] = [];
  for (const fold of folds) {
    const fit = await minimise(probeLoss(data, fold.rows, l2), fold.parameters, {
      // Far below the difference between folds.
      gradientTolerance: 1e-3,
      maxIterations: 200,
      beforeIteration,
    });
    fold.parameters = fit.point;
    losses.push(meanCrossEntropy(data, fold.heldOut, fit.point));
  }
  return losses;
}

/** Strength for features of unit variance that is never far from the best. */
export function defaultL2(width: number): number {
  return DEFAULT_SHARE * width;
}

/** True if every fold and its rest can contain each class: five images per class on average, at least two in each. */
export function canCrossValidate({
  isTrue,
  classes,
  task,
}: Pick<ProbeData, 'isTrue' | 'classes' | 'task'>): boolean {
  const count = isTrue.length / classes;
  const positives = Array.from({ length: classes }, (_, own) => countOf(isTrue, classes, own));
  const fewest = task === 'single' ? positives : positives.map((yes) => Math.min(yes, count - yes));
  return count >= 5 * Math.max(2, classes) && Math.min(...fewest) >= 2;
}

/**
 * Distributes the images over the folds class by class, so that each fold gets its share
 * of every class. An image with several labels counts towards the rarest of them.
 */
export function stratifiedFolds(
  { isTrue, classes }: Pick<ProbeData, 'isTrue' | 'classes'>,
  seed: number,
  most = MOST_IMAGES,
): Uint32Array[] {
  const random = new Random(seed);
  const counts = Array.from({ length: classes }, (_, own) => countOf(isTrue, classes, own));
  const rarest = (image: number) => {
    let best = -1;
    for (let own = 0; own < classes; own++) {
      if (!isTrue[image * classes + own]) continue;
      if (best === -1 || (counts[own] ?? 0) < (counts[best] ?? 0)) best = own;
    }
    return best;
  };
  const images = Array.from({ length: isTrue.length / classes }, (_, image) => image);
  // Sorting is stable, so the images of a class stay shuffled.
  const ordered = random.shuffled(images).sort((a, b) => rarest(a) - rarest(b));
  const dealt = Math.min(most, ordered.length);
  const folds = Array.from({ length: FOLDS }, (): number[] => []);
  for (let place = 0; place < dealt; place++) {
    const image = ordered[Math.floor((place * ordered.length) / dealt)];
    if (image !== undefined) folds[place % FOLDS]?.push(image);
  }
  return folds.map((fold) => Uint32Array.from(fold));
}

function countOf(isTrue: Uint8Array, classes: number, own: number): number {
  let count = 0;
  for (let at = own; at < isTrue.length; at += classes) count += isTrue[at] ?? 0;
  return count;
}

/** Mean with its standard error. */
function meanAndError(values: readonly number[]): { mean: number; error: number } {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return { mean, error: Math.sqrt(squares / (values.length - 1) / values.length) };
}
