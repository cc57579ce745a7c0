import type { ClassificationTask } from './labels.ts';

/**
 * Confusion matrix of counts.
 * - One class per image: (classes, classes), rows truth, columns prediction.
 * - Several labels: (classes, 4), each row one label's 2×2 matrix, read row by row (rows truth, columns
 *   prediction): true negatives, false positives, false negatives, true positives.
 */
export type ConfusionMatrix = readonly (readonly number[])[];

/** Cells of the confusion matrix that each image counts in. */
export interface ConfusionCells {
  /** Row-major indices into the matrix, `perImage` for each image. */
  readonly cells: Uint32Array;
  readonly perImage: number;
  /** Number of columns of the matrix; it has one row per class. */
  readonly columns: number;
}

/**
 * Finds the cells that images count in. `probabilities` and `isTrue` are (images, classes). The prediction is the most
 * probable class, the first among equals, or with several labels every class of at least 0.5.
 */
export function confusionCells(
  probabilities: Float32Array,
  isTrue: Uint8Array,
  classes: number,
  task: ClassificationTask,
): ConfusionCells {
  if (task === 'several') {
    const cells = Uint32Array.from(probabilities, (probability, at) => {
      const outcome = 2 * (isTrue[at] ?? 0) + (probability >= 0.5 ? 1 : 0);
      return 4 * (at % classes) + outcome;
    });
    return { cells, perImage: classes, columns: 4 };
  }
  const predicted = mostProbable(probabilities, classes);
  const cells = predicted.map((prediction, image) => {
    const truth = isTrue.subarray(image * classes, (image + 1) * classes).indexOf(1);
    return truth * classes + prediction;
  });
  return { cells, perImage: 1, columns: classes };
}

/** Index of the greatest entry of each row, the first among equals. */
export function mostProbable(probabilities: Float32Array, classes: number): Uint32Array {
  return Uint32Array.from({ length: probabilities.length / classes }, (_, row) => {
    const own = probabilities.subarray(row * classes, (row + 1) * classes);
    return own.reduce((best, value, at) => (value > (own[best] ?? NaN) ? at : best), 0);
  });
}

/** Computes the matrix, row by row, counting each image as often as `draws` says. */
export function countCells(
  { cells, perImage, columns }: ConfusionCells,
  classes: number,
  draws: Uint32Array,
): Float64Array {
  const counts = new Float64Array(classes * columns);
  for (let image = 0; image < draws.length; image++) {
    const drawn = draws[image] ?? 0;
    if (drawn === 0) continue;
    for (let at = image * perImage; at < (image + 1) * perImage; at++) {
      const cell = cells[at] ?? 0;
      counts[cell] = (counts[cell] ?? 0) + drawn;
    }
  }
  return counts;
}

/** Splits the matrix into rows. */
export function confusionRows(counts: Float64Array, columns: number): number[][] {
  return Array.from({ length: counts.length / columns }, (_, row) => [
    ...counts.subarray(row * columns, (row + 1) * columns),
  ]);
}
