import { tileSide, type Size } from '../mask/tiles.ts';

/** Division of an image of any size into a model's square tiles, and their order. */

/** Largest overlap of neighbouring tiles, as a share of their side. */
const mostOverlap = 0.75;
export const defaultOverlap = 0.5;

export interface TileGrid {
  /** Side of a tile, px. */
  readonly side: number;
  /** Left edges of the columns of tiles and upper edges of the rows, px, ascending. */
  readonly columns: readonly number[];
  readonly rows: readonly number[];
}

/**
 * Tiles in steps of side · (1 − overlap), the last ones flush with the right and lower edge. Along an axis
 * shorter than a tile there is one, which extends beyond the image.
 *
 * @throws RangeError for an overlap outside [0, `mostOverlap`], and for a side that is not an integer
 */
export function tileGrid({ width, height }: Size, side: number, overlap: number): TileGrid {
  if (!(overlap >= 0 && overlap <= mostOverlap)) {
    throw new RangeError(`tileGrid: overlap must lie in [0, ${mostOverlap}], got ${overlap}`);
  }
  if (!(Number.isInteger(side) && side > 0)) {
    throw new RangeError(`tileGrid: a tile side of ${side} px is not a positive whole number`);
  }
  const step = Math.max(1, Math.round(side * (1 - overlap)));
  return { side, columns: starts(width, side, step), rows: starts(height, side, step) };
}

function starts(length: number, side: number, step: number): number[] {
  const all = [0];
  for (let start = step; start + side < length; start += step) all.push(start);
  if (length > side) all.push(length - side);
  return all;
}

/** Columns of an image that are predicted from top to bottom before the next ones: [left, right), px. */
export interface ColumnBand {
  readonly left: number;
  readonly right: number;
}

/**
 * Divides an image into bands of whole columns of mask tiles, about equally wide. The sums of a row of tiles
 * (4 bytes · classes · side · width) take at most `budget` bytes, or more if one column of mask tiles needs it.
 */
export function columnBands(
  width: number,
  side: number,
  classes: number,
  budget: number,
): ColumnBand[] {
  const room = Math.floor(budget / (4 * classes * side) / tileSide);
  const columns = Math.ceil(width / tileSide);
  const each = Math.ceil(columns / Math.ceil(columns / Math.max(1, room))) * tileSide;
  const bands: ColumnBand[] = [];
  for (let left = 0; left < width; left += each) {
    bands.push({ left, right: Math.min(width, left + each) });
  }
  return bands;
}

/** Columns of tiles that overlap a band. */
export function columnsIn({ columns, side }: TileGrid, { left, right }: ColumnBand): number[] {
  return columns.filter((start) => start < right && start + side > left);
}
