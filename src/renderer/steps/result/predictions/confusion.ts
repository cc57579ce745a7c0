import type { CellPlace } from './predictions.ts';

/** A cell of the confusion matrix. */
export interface HeatCell extends CellPlace {
  readonly count: number;
  /** Share of the images with the same truth, in [0, 1]. */
  readonly share: number;
  readonly isRight: boolean;
}

/**
 * The cells of a confusion matrix, row by row.
 *
 * @param matrix single label: truth × prediction; several labels: TN, FP, FN, TP per label
 */
export function heatCells(
  matrix: readonly (readonly number[])[],
  task: 'single' | 'several',
): readonly (readonly HeatCell[])[] {
  return matrix.map((counts, row) =>
    counts.map((count, column) => {
      const total = task === 'single' ? sum(counts) : truthOf(counts, column);
      const isRight = task === 'single' ? row === column : column === 0 || column === 3;
      return { row, column, count, share: total === 0 ? 0 : count / total, isRight };
    }),
  );
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

/** Number of images with the same truth as a column: with the label, or without it. */
function truthOf([tn = 0, fp = 0, fn = 0, tp = 0]: readonly number[], column: number): number {
  return column < 2 ? tn + fp : fn + tp;
}

/** Wrong cells, the most frequent first. */
export function frequentConfusions(
  cells: readonly (readonly HeatCell[])[],
  limit: number,
): readonly HeatCell[] {
  return cells
    .flat()
    .filter(({ isRight, count }) => !isRight && count > 0)
    .sort((a, b) => b.count - a.count || b.share - a.share)
    .slice(0, limit);
}

/** Strength of a cell's colour, percent: from 10, to show a single error, to 48, to keep text readable. */
export function heatStrength({ count, share }: HeatCell): number {
  return count === 0 ? 0 : Math.round(10 + 38 * Math.sqrt(share));
}
