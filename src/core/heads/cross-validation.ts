import { confusionCells, countCells } from '../metrics/confusion.ts';
import { labelMetrics } from '../metrics/label-metrics.ts';
import { labelMatrix, matrixSize } from '../metrics/labels.ts';
import type { Tensor } from '../tensor.ts';
import { canCrossValidate, defaultL2, stratifiedFolds } from './l2-strength.ts';
import { applyLinearProbe, trainLinearProbe } from './linear-probe.ts';
import type { ProbeTraining } from './linear-probe.ts';

/**
 * Measures how well a linear probe on these features classifies labelled images: 5-fold cross validation with
 * a fixed L2 strength. The accuracy is a little below that of a probe with a chosen strength; use it to compare
 * features.
 *
 * @returns accuracy in [0, 1] as defined by `ClassificationReport`, or null with fewer than five images per
 *   class on average, a class with a single image, or a single class
 */
export async function crossValidatedAccuracy(
  training: Omit<ProbeTraining, 'l2'>,
): Promise<number | null> {
  const { features, labels, classes, task, seed } = training;
  const { rows, columns: width } = matrixSize('features', features);
  const isTrue = labelMatrix(labels, classes, task);
  if (!hasEnoughImages(isTrue, training)) return null;
  const probabilities = new Float32Array(rows * classes);
  const folds = stratifiedFolds({ isTrue, classes }, seed, rows);
  for (const fold of folds) {
    const others = folds.filter((other) => other !== fold).flatMap((indices) => [...indices]);
    const probe = await trainLinearProbe({
      ...training,
      features: rowsOf(features, others),
      labels: others.map((row) => labels[row] ?? []),
      l2: defaultL2(width),
    });
    const predictions = applyLinearProbe(probe, rowsOf(features, [...fold])).probabilities;
    for (const [at, row] of fold.entries()) {
      probabilities.set(predictions.data.subarray(at * classes, (at + 1) * classes), row * classes);
    }
  }
  const cells = confusionCells(probabilities, isTrue, classes, task);
  return labelMetrics(countCells(cells, classes, new Uint32Array(rows).fill(1)), classes, task)
    .accuracy;
}

/** True if there are enough images to cross-validate; classes without images, named in advance, do not count. */
function hasEnoughImages(
  isTrue: Uint8Array,
  { classes, task }: Pick<ProbeTraining, 'classes' | 'task'>,
): boolean {
  const used = new Set([...isTrue.entries()].flatMap(([at, yes]) => (yes ? [at % classes] : [])));
  if (used.size < (task === 'single' ? 2 : 1)) return false;
  const ofUsed = isTrue.filter((_, at) => used.has(at % classes));
  return canCrossValidate({ isTrue: ofUsed, classes: used.size, task });
}

function rowsOf({ data, shape }: Tensor, rows: readonly number[]): Tensor {
  const [, width = 0] = shape;
  const chosen = new Float32Array(rows.length * width);
  for (const [at, row] of rows.entries()) {
    chosen.set(data.subarray(row * width, (row + 1) * width), at * width);
  }
  return { shape: [rows.length, width], data: chosen };
}
