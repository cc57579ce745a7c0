import { tilePixels, tileSide } from './tiles.ts';
import type { Size, TilePlace } from './tiles.ts';

/** Values of an image by tiles of `tileSide` × `tileSide`, as a mask has them, or what is shown of an image. */
export interface TileValues {
  readonly size: Size;
  /** `tilePixels` values, not to be written to; undefined where they are not here yet. */
  tile(place: TilePlace): ArrayLike<number> | undefined;
}

/** What a tile is that is all background. Nobody writes to it. */
export const blankTile = new Uint8Array(tilePixels);

/** No image has as many columns of tiles. */
const columns = 2 ** 21;

/** Column and row of a tile in one number. */
export function tileKey({ x, y }: TilePlace): number {
  return y * columns + x;
}

export function placeOfKey(key: number): TilePlace {
  return { x: key % columns, y: Math.floor(key / columns) };
}

/**
 * A mask in memory. A tile is here, or blank, or known to be elsewhere: then it must be `put` before it can
 * be read or painted.
 */
export class SparseMask implements TileValues {
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

  /** The tile to be painted, made where it was blank; undefined where it is elsewhere. */
  writable(place: TilePlace): Uint8Array | undefined {
    const key = tileKey(place);
    const found = this.#tiles.get(key);
    if (found !== undefined || this.#elsewhere.has(key)) return found;
    const made = new Uint8Array(tilePixels);
    this.#tiles.set(key, made);
    return made;
  }

  /** Whether a tile takes memory. */
  holds(place: TilePlace): boolean {
    return this.#tiles.has(tileKey(place));
  }

  /** Puts a tile in its place, which is from now on its owner; null: it is blank. */
  put(place: TilePlace, pixels: Uint8Array | null): void {
    const key = tileKey(place);
    this.#elsewhere.delete(key);
    if (pixels === null) this.#tiles.delete(key);
    else this.#tiles.set(key, pixels);
  }

  /** Lets go of a tile: it is elsewhere from now on. */
  forget(place: TilePlace): void {
    const key = tileKey(place);
    this.#tiles.delete(key);
    this.#elsewhere.add(key);
  }

  /** How many tiles take memory. */
  get count(): number {
    return this.#tiles.size;
  }

  /** Tiles that are in memory. */
  places(): TilePlace[] {
    return [...this.#tiles.keys()].map(placeOfKey);
  }
}

/** One value; undefined outside the image, and where the tile is not here. */
export function valueAt(values: TileValues, x: number, y: number): number | undefined {
  const { width, height } = values.size;
  if (x < 0 || y < 0 || x >= width || y >= height) return undefined;
  const place = { x: Math.floor(x / tileSide), y: Math.floor(y / tileSide) };
  return values.tile(place)?.[(y % tileSide) * tileSide + (x % tileSide)];
}
