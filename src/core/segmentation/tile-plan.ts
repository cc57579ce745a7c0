import { tileSide, type Size } from '../mask/tiles.ts';

/** How an image of any size is cut into the square tiles that a model takes, and in which order. */

/** Shares of a side by which neighbouring tiles may overlap: [0, this]. */
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
 * that is shorter than a tile there is one, which reaches beyond the image.
 *
 * @throws RangeError for an overlap outside [0, `mostOverlap`], and for a side that is no whole number of pixels
 */
export function tileGrid({ width, height }: Size, side: number, overlap: number): TileGrid {
  if (!(overlap >= 0 && overlap <= mostOverlap)) {
    throw new RangeError(`tileGrid: overlap must lie in [0, ${mostOverlap}], got ${overlap}`);
  }
  if (!(Number.isInteger(side) && side > 0)) {
    throw new RangeError(`tileGrid: a tile of ${side} px is none`);
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

/** Columns of an image that are predicted from top to bottom before the next: [left, right), px. */
export interface Band {
  readonly left: number;
  readonly right: number;
}

/**
 * Bands of whole columns of mask tiles, about equally wide, in each of which the sums of a row of tiles
 * (4 bytes · classes · side · width) take no more than `budget` bytes; a single column of mask tiles may.
 */
export function bandsOf(width: number, side: number, classes: number, budget: number): Band[] {
  const room = Math.floor(budget / (4 * classes * side) / tileSide);
  const columns = Math.ceil(width / tileSide);
  const each = Math.ceil(columns / Math.ceil(columns / Math.max(1, room))) * tileSide;
  const bands: Band[] = [];
  for (let left = 0; left < width; left += each) {
    bands.push({ left, right: Math.min(width, left + each) });
  }
  return bands;
}

/** The columns of tiles that a band needs: those that reach into it. */
export function columnsIn({ columns, side }: TileGrid, { left, right }: Band): number[] {
  return columns.filter((start) => start < right && start + side > left);
}
