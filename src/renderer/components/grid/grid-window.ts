/** Layout of the tiles of a grid; all lengths in px. */
export interface GridShape {
  readonly count: number;
  readonly columns: number;
  readonly rows: number;
  /** Side of a picture. */
  readonly side: number;
  /** Distance between the starts of neighbouring rows and columns. */
  readonly rowPitch: number;
  readonly columnPitch: number;
  readonly height: number;
}

export interface GridLayout {
  readonly count: number;
  /** Available width. */
  readonly width: number;
  /** Desired side of a tile; tiles grow until they fill the row. */
  readonly side: number;
  readonly gap: number;
  /** Height of the caption below each picture. */
  readonly caption: number;
}

export function gridShape({ count, width, side, gap, caption }: GridLayout): GridShape {
  const columns = Math.max(1, Math.floor((width + gap) / (side + gap)));
  const filled = Math.floor((width - gap * (columns - 1)) / columns);
  const real = Math.max(1, filled);
  const rows = Math.ceil(count / columns);
  const rowPitch = real + caption + gap;
  return {
    count,
    columns,
    rows,
    side: real,
    rowPitch,
    columnPitch: real + gap,
    height: rows === 0 ? 0 : rows * rowPitch - gap,
  };
}

/** Half-open range of tiles to draw, `overscan` rows beyond both edges. */
export function tilesInSight(
  shape: GridShape,
  scrollTop: number,
  viewport: number,
  overscan: number,
): { from: number; to: number } {
  const first = Math.max(0, Math.floor(scrollTop / shape.rowPitch) - overscan);
  const last = Math.min(shape.rows, Math.ceil((scrollTop + viewport) / shape.rowPitch) + overscan);
  const from = Math.min(shape.count, first * shape.columns);
  return { from, to: Math.max(from, Math.min(shape.count, last * shape.columns)) };
}

export function tilePosition(shape: GridShape, index: number): { left: number; top: number } {
  return {
    left: (index % shape.columns) * shape.columnPitch,
    top: Math.floor(index / shape.columns) * shape.rowPitch,
  };
}

/** Nearest scroll position at which a tile is completely visible. */
export function scrollToShow(
  shape: GridShape,
  index: number,
  scrollTop: number,
  viewport: number,
  margin = 8,
): number {
  const { top } = tilePosition(shape, index);
  if (top - margin < scrollTop) return Math.max(0, top - margin);
  const bottom = top + shape.rowPitch + margin;
  return bottom > scrollTop + viewport ? bottom - viewport : scrollTop;
}

/** Index of the tile that a key focuses; null for other keys. */
export function focusAfter(
  key: string,
  index: number,
  shape: GridShape,
  viewport: number,
): number | null {
  if (shape.count === 0) return null;
  const last = shape.count - 1;
  const page = shape.columns * Math.max(1, Math.floor(viewport / shape.rowPitch));
  const column = index % shape.columns;
  switch (key) {
    case 'ArrowLeft':
      return Math.max(0, index - 1);
    case 'ArrowRight':
      return Math.min(last, index + 1);
    case 'ArrowUp':
      return index < shape.columns ? index : index - shape.columns;
    case 'ArrowDown':
      return downBy(shape.columns, index, shape);
    case 'PageUp':
      return index - page < 0 ? Math.min(column, last) : index - page;
    case 'PageDown':
      return downBy(page, index, shape);
    case 'Home':
      return 0;
    case 'End':
      return last;
    default:
      return null;
  }
}

/** Index after moving down by whole rows. It stays in the last row; above a gap in it, it is the last tile. */
function downBy(tiles: number, index: number, shape: GridShape): number {
  const row = (tile: number): number => Math.floor(tile / shape.columns);
  const last = shape.count - 1;
  if (row(index) === row(last)) return index;
  const rows = Math.min(tiles / shape.columns, row(last) - row(index));
  return Math.min(last, index + rows * shape.columns);
}
