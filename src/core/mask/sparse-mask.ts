import { tilePixels, tileSide } from './tiles.ts';
import type { Size, TilePlace } from './tiles.ts';

/** Values of an image by tiles of `tileSide` × `tileSide`: those of a mask, or those shown of an image. */
export interface TiledValues {
  readonly size: Size;
  /** Returns `tilePixels` values, not to be written to; undefined if they are not in memory. */
  tile(place: TilePlace): ArrayLike<number> | undefined;
}

/** Tile that is all background; must not be written to. */
export const blankTile = new Uint8Array(tilePixels);

/** Number of columns in tile keys: more than any image has. */
const columns = 2 ** 21;

/** Combines column and row of a tile in one number. */
export function tileKey({ x, y }: TilePlace): number {
  return y * columns + x;
}

export function placeOfKey(key: number): TilePlace {
  return { x: key % columns, y: Math.floor(key / columns) };
}

/**
 * Mask in memory. A tile is in memory, or blank, or known to be elsewhere; then it must be `put` before it can
 * be read or painted.
 */
export class SparseMask implements TiledValues {
  readonly size: Size;
  readonly #tiles = new Map<number, Uint8Array>();
  readonly #elsewhere: Set<number>;

  /** @param elsewhere tiles that are not blank, but not in memory yet */
  constructor(size: Size, elsewhere: Iterable<TilePlace> = []) {
    this.size = size;
    this.#elsewhere = new Set([...elsewhere].map(tileKey));
  }

  tile(place: TilePlace): Uint8Array | undefined {
    const key = tileKey(place);
    return this.#tiles.get(key) ?? (this.#elsewhere.has(key) ? undefined : blankTile);
  }

  /** Returns a tile to be painted, created if it was blank; undefined if it is elsewhere. */
  writable(place: TilePlace): Uint8Array | undefined {
    const key = tileKey(place);
    const found = this.#tiles.get(key);
    if (found !== undefined || this.#elsewhere.has(key)) return found;
    const made = new Uint8Array(tilePixels);
    this.#tiles.set(key, made);
    return made;
  }

  /** True if a tile is in memory. */
  holds(place: TilePlace): boolean {
    return this.#tiles.has(tileKey(place));
  }

  /** Puts a tile in its place and takes ownership of its pixels; null: blank. */
  put(place: TilePlace, pixels: Uint8Array | null): void {
    const key = tileKey(place);
    this.#elsewhere.delete(key);
    if (pixels === null) this.#tiles.delete(key);
    else this.#tiles.set(key, pixels);
  }

  /** Removes a tile from memory and marks it as elsewhere. */
  forget(place: TilePlace): void {
    const key = tileKey(place);
    this.#tiles.delete(key);
    this.#elsewhere.add(key);
  }

  /** Number of tiles in memory. */
  get count(): number {
    return this.#tiles.size;
  }

  /** Places of tiles in memory. */
  places(): TilePlace[] {
    return [...this.#tiles.keys()].map(placeOfKey);
  }
}

/** Value of a pixel; undefined outside the image, or if its tile is not in memory. */
export function valueAt(values: TiledValues, x: number, y: number): number | undefined {
  const { width, height } = values.size;
  if (x < 0 || y < 0 || x >= width || y >= height) return undefined;
  const place = { x: Math.floor(x / tileSide), y: Math.floor(y / tileSide) };
  return values.tile(place)?.[(y % tileSide) * tileSide + (x % tileSide)];
}
