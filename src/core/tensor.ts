/** A dense float32 array in row-major order. */
export interface Tensor {
  readonly shape: readonly number[];
  readonly data: Float32Array;
}

/** Product of the dimensions; 1 for a scalar. */
export function elementCount(shape: readonly number[]): number {
  return shape.reduce((product, size) => product * size, 1);
}

/** Wraps `data`; throws when its length is not the product of `shape`. */
export function tensor(shape: readonly number[], data: Float32Array | readonly number[]): Tensor {
  const values = data instanceof Float32Array ? data : Float32Array.from(data);
  if (values.length !== elementCount(shape)) {
    throw new Error(
      `tensor: shape (${shape.join(', ')}) needs ${elementCount(shape)} values, got ${values.length}`,
    );
  }
  return { shape, data: values };
}

/** All zeros. */
export function zeros(shape: readonly number[]): Tensor {
  return { shape, data: new Float32Array(elementCount(shape)) };
}

/** The transpose of a matrix (R, C) → (C, R). */
export function transposed(matrix: Tensor): Tensor {
  const [rows, columns] = matrix.shape;
  if (matrix.shape.length !== 2 || rows === undefined || columns === undefined) {
    throw new Error(`transposed: expected a matrix, got shape (${matrix.shape.join(', ')})`);
  }
  const data = new Float32Array(matrix.data.length);
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      data[column * rows + row] = matrix.data[row * columns + column] ?? 0;
    }
  }
  return { shape: [columns, rows], data };
}
