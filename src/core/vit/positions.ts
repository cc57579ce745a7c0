import { resampleGrid } from '../image/resample.ts';
import { tensor, type Tensor } from '../tensor.ts';

/** Number of rows and columns of patches. */
export type GridSize = readonly [rows: number, columns: number];

/**
 * Interpolates learned position embeddings for another image size: `positions` (1, P + rows · columns, D),
 * of which the first `prefix` = P belong to class and register tokens and do not change (0 if
 * these have no position). The grid, row by row, is resampled with the antialiased bicubic kernel of
 * `resampleGrid`, as in timm's `resample_abs_pos_embed`. An unchanged grid returns `positions`.
 *
 * Throws if `positions` has another shape.
 */
export function interpolatePositions(
  positions: Tensor,
  prefix: number,
  grid: { readonly from: GridSize; readonly to: GridSize },
): Tensor {
  const [rows, columns] = grid.from;
  const [newRows, newColumns] = grid.to;
  const [one, entries, width] = positions.shape;
  if (
    positions.shape.length !== 3 ||
    one !== 1 ||
    entries !== prefix + rows * columns ||
    width === undefined
  ) {
    throw new Error(
      `interpolatePositions: ${prefix} prefix tokens and a grid of ${rows} × ${columns} need shape ` +
        `(1, ${prefix + rows * columns}, D), got (${positions.shape.join(', ')})`,
    );
  }
  if (rows === newRows && columns === newColumns) return positions;

  const kept = positions.data.subarray(0, prefix * width);
  const patches = positions.data.subarray(prefix * width);
  const resampled = resampleGrid(patches, width, grid.from, grid.to);
  const data = new Float32Array(kept.length + resampled.length);
  data.set(kept);
  data.set(resampled, kept.length);
  return tensor([1, prefix + newRows * newColumns, width], data);
}
