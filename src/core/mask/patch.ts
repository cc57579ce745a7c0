import { Extent } from './rectangle.ts';
import { decodeRuns, encodeRuns } from './runs.ts';
import type { SparseMask } from './sparse-mask.ts';
import { tileSide } from './tiles.ts';
import type { Rectangle, TilePlace } from './tiles.ts';

/** What an edit changed in a tile: the values of the smallest rectangle around it, before and after. */
export interface TilePatch extends TilePlace {
  /** px of the tile */
  readonly rectangle: Rectangle;
  /** Row by row, run-length coded. */
  readonly before: Uint8Array;
  readonly after: Uint8Array;
}

/** What an edit changed. Small enough that a session keeps all of them. */
export interface MaskPatch {
  /** One after the other: a tile may be there twice. */
  readonly tiles: readonly TilePatch[];
  /** px of the image: around all of it */
  readonly rectangle: Rectangle;
}

/**
 * What changed in a tile.
 *
 * @param before null: it was blank
 * @param rectangle px of the tile: outside it nothing changed
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
 * Puts what an edit changed back to how it was before, or after. The tiles must be in memory.
 *
 * @throws Error for a tile that is elsewhere
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

/** Whether a pixel that an edit changed, or one beside it, has one of some values before or after it. */
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
