import type { Tensor } from '../tensor.ts';

/** Kind of classification: one class per image (softmax), or any number of labels per image (sigmoids). */
export type ClassificationTask = 'single' | 'several';

/** Class indices of each image, in [0, classes); exactly one each if the task is `single`. */
export type ImageLabels = readonly (readonly number[])[];

/**
 * Predicted classes from probabilities (images, classes): the most probable one or, if an image
 * may have several, all with a probability of at least ½.
 */
export function predictedClasses({ shape, data }: Tensor, task: ClassificationTask): number[][] {
  const [images = 0, classes = 0] = shape;
  return Array.from({ length: images }, (_, image) => {
    const row = data.subarray(image * classes, (image + 1) * classes);
    if (task === 'single') return [row.indexOf(Math.max(...row))];
    return [...row.keys()].filter((index) => (row[index] ?? 0) >= 0.5);
  });
}

/** Converts labels to 0 and 1 for each image and class, row by row: (images, classes). */
export function labelMatrix(
  labels: ImageLabels,
  classes: number,
  task: ClassificationTask,
): Uint8Array {
  const matrix = new Uint8Array(labels.length * classes);
  for (const [image, own] of labels.entries()) {
    if (task === 'single' && own.length !== 1) {
      throw new Error(`labels: image ${image} has ${own.length} labels, expected exactly one`);
    }
    for (const label of own) {
      if (!Number.isInteger(label) || label < 0 || label >= classes) {
        throw new Error(`labels: image ${image} has class ${label}, expected 0 to ${classes - 1}`);
      }
      matrix[image * classes + label] = 1;
    }
  }
  return matrix;
}

/** Size of a matrix, which must not be empty; `name` is used in the message. */
export function matrixSize(name: string, matrix: Tensor): { rows: number; columns: number } {
  const [rows, columns] = matrix.shape;
  if (matrix.shape.length !== 2 || !rows || !columns) {
    throw new Error(`${name}: expected a filled matrix, got shape (${matrix.shape.join(', ')})`);
  }
  return { rows, columns };
}

/** Throws an error that names the first row with a number that is not finite. */
export function requireFiniteMatrix(name: string, matrix: Tensor): void {
  const bad = matrix.data.findIndex((value) => !Number.isFinite(value));
  if (bad === -1) return;
  const row = Math.floor(bad / matrixSize(name, matrix).columns);
  throw new Error(`${name}: row ${row} holds ${String(matrix.data[bad])}`);
}
