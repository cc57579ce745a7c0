import { tileKey } from './sparse-mask.ts';
import type { TiledValues } from './sparse-mask.ts';
import { halveArea, tilesIn, tileSide } from './tiles.ts';
import type { Rectangle, TilePlace } from './tiles.ts';

/** Rectangle of a mask with its values in row-major order. */
export interface Area extends Rectangle {
  readonly values: Uint8Array;
}

/** Copies a rectangle of 8-bit values. Pixels outside the image or not in memory are 0. */
export function readArea(source: TiledValues, rectangle: Rectangle): Area {
  const { x, y, width, height } = rectangle;
  const values = new Uint8Array(width * height);
  for (const place of tilesIn(rectangle, source.size)) {
    const tile = source.tile(place) as Uint8Array | undefined;
    if (tile === undefined) continue;
    const [left, top] = [place.x * tileSide, place.y * tileSide];
    const from = Math.max(x, left);
    const to = Math.min(x + width, left + tileSide, source.size.width);
    const bottom = Math.min(y + height, top + tileSide, source.size.height);
    for (let row = Math.max(y, top); row < bottom; row++) {
      const start = (row - top) * tileSide - left;
      values.set(tile.subarray(start + from, start + to), (row - y) * width + from - x);
    }
  }
  return { ...rectangle, values };
}

/**
 * Writes a rectangle of a tile into the tile of a coarser level that contains it, with the same result as `halveTile`.
 *
 * @param level one pixel for 2^level × 2^level, at most 9
 * @param rectangle changed part of the tile, px of the tile; it is extended to whole coarse pixels
 * @returns rectangle of the coarse tile that was written, px of it
 */
export function reduceInto(
  coarse: Uint8Array,
  level: number,
  place: TilePlace,
  tile: Uint8Array,
  rectangle: Rectangle,
): Rectangle {
  const step = 2 ** level;
  const left = Math.floor(rectangle.x / step);
  const top = Math.floor(rectangle.y / step);
  const right = Math.ceil((rectangle.x + rectangle.width) / step);
  const bottom = Math.ceil((rectangle.y + rectangle.height) / step);
  let [width, height] = [(right - left) * step, (bottom - top) * step];
  let values = new Uint8Array(width * height);
  for (let row = 0; row < height; row++) {
    const start = (top * step + row) * tileSide + left * step;
    values.set(tile.subarray(start, start + width), row * width);
  }
  for (let halved = 0; halved < level; halved++) {
    values = halveArea(values, width, height) as typeof values;
    [width, height] = [width / 2, height / 2];
  }
  const side = tileSide / step;
  const x = (place.x % step) * side + left;
  const y = (place.y % step) * side + top;
  for (let row = 0; row < height; row++) {
    coarse.set(values.subarray(row * width, (row + 1) * width), (y + row) * tileSide + x);
  }
  return { x, y, width, height };
}

/** Place of the coarser tile that contains a tile. */
export function coarsePlace({ x, y }: TilePlace, level: number): TilePlace {
  return { x: Math.floor(x / 2 ** level), y: Math.floor(y / 2 ** level) };
}

/** Unique key of a tile among all levels. */
export function levelKey(level: number, place: TilePlace): string {
  return `${level}:${tileKey(place)}`;
}
