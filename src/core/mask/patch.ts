import { Extent } from './rectangle.ts';
import { decodeRuns, encodeRuns } from './run-length.ts';
import type { SparseMask } from './sparse-mask.ts';
import { tileSide } from './tiles.ts';
import type { Rectangle, TilePlace } from './tiles.ts';

/** Change of a tile by an edit: the values of the smallest rectangle around it, before and after. */
export interface TilePatch extends TilePlace {
  /** Changed part, px of the tile. */
  readonly rectangle: Rectangle;
  /** Former values, row by row, run-length coded. */
  readonly before: Uint8Array;
  readonly after: Uint8Array;
}

/** Changes of an edit, small enough to keep all of a session. */
export interface MaskPatch {
  /** Changes in their order: a tile may occur twice. */
  readonly tiles: readonly TilePatch[];
  /** Bounding rectangle of all changes, px of the image. */
  readonly rectangle: Rectangle;
}

/**
 * Records the change of a tile.
 *
 * @param before former values; null if the tile was blank
 * @param rectangle changed part, px of the tile
 */
export function tilePatch(
  place: TilePlace,
  before: Uint8Array | null,
  after: Uint8Array,
  rectangle: Rectangle,
): TilePatch {
  const coded = (pixels: Uint8Array | null): Uint8Array => {
    const { x, y, width, height } = rectangle;
    const values = new Uint8Array(width * height);
    for (let row = 0; row < height && pixels !== null; row++) {
      const start = (y + row) * tileSide + x;
      values.set(pixels.subarray(start, start + width), row * width);
    }
    return encodeRuns(values);
  };
  return { ...place, rectangle, before: coded(before), after: coded(after) };
}

export function patchOf(tiles: readonly TilePatch[]): MaskPatch | undefined {
  const extent = new Extent();
  for (const { x, y, rectangle } of tiles) {
    extent.addRectangle({
      ...rectangle,
      x: x * tileSide + rectangle.x,
      y: y * tileSide + rectangle.y,
    });
  }
  const rectangle = extent.rectangle();
  return rectangle && { tiles, rectangle };
}

/**
 * Restores the values before an edit, or those after it. The tiles must be in memory.
 *
 * @throws Error for a tile that is not in memory
 */
export function applyPatch(mask: SparseMask, { tiles }: MaskPatch, side: 'before' | 'after'): void {
  for (const tile of side === 'after' ? tiles : [...tiles].reverse()) {
    const pixels = mask.writable(tile);
    if (pixels === undefined) throw new Error(`tile (${tile.x}, ${tile.y}) is not in memory`);
    const { x, y, width } = tile.rectangle;
    decodeRuns(tile[side], (from, to, value) => {
      for (let at = from; at < to;) {
        const row = Math.floor(at / width);
        const end = Math.min(to, (row + 1) * width);
        const start = (y + row) * tileSide + x - row * width;
        pixels.fill(value, start + at, start + end);
        at = end;
      }
    });
  }
}

/** True if the rectangles that an edit changed contain one of some values before or after it. */
export function hasValue({ tiles }: MaskPatch, values: ReadonlySet<number>): boolean {
  let isFound = false;
  for (const { before, after } of tiles) {
    for (const coded of [before, after]) {
      decodeRuns(coded, (_from, _to, value) => {
        isFound ||= values.has(value);
      });
    }
  }
  return isFound;
}
