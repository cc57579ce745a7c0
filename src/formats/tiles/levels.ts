import { viewTileSide } from '../../contract/image-view.ts';
import type { ImageHeader, Level } from '../raster/image-file.ts';

/** A display size of an image: one of the file's own levels, or one halved from its smallest. */
export interface ViewLevel extends Level {
  /** The file's level that it is, or is made from. */
  readonly from: number;
  /** Number of halvings. */
  readonly halvings: number;
}

/**
 * Returns the file's levels, full resolution first, then halves of its smallest until all of it is one tile, so that an
 * image of any size is shown with a few tiles.
 */
export function viewLevels({ levels }: Pick<ImageHeader, 'levels'>): ViewLevel[] {
  const own = levels.map((level, from) => ({ ...level, from, halvings: 0 }));
  const made: ViewLevel[] = [];
  let last = own.at(-1);
  while (last !== undefined && Math.max(last.width, last.height) > viewTileSide) {
    last = {
      width: Math.ceil(last.width / 2),
      height: Math.ceil(last.height / 2),
      from: last.from,
      halvings: last.halvings + 1,
    };
    made.push(last);
  }
  return [...own, ...made];
}

/** Position in the grid of a level's tiles, from 0. */
export interface TilePosition {
  readonly x: number;
  readonly y: number;
}

/**
 * Returns the part of a level that a tile covers; at the right and lower edge it is smaller.
 *
 * @throws RangeError if there is no such tile
 */
export function tileRegion(
  { width, height }: Level,
  { x, y }: TilePosition,
): { x: number; y: number; width: number; height: number } {
  const [left, top] = [x * viewTileSide, y * viewTileSide];
  if (!(x >= 0 && y >= 0 && left < width && top < height)) {
    throw new RangeError(`tileRegion: no tile (${x}, ${y}) in a level of ${width} × ${height}`);
  }
  return {
    x: left,
    y: top,
    width: Math.min(viewTileSide, width - left),
    height: Math.min(viewTileSide, height - top),
  };
}
