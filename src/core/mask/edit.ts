import { type MaskPatch, patchOf, tilePatch } from './patch.ts';
import { Extent } from './rectangle.ts';
import { blankTile, placeOfKey, tileKey } from './sparse-mask.ts';
import type { SparseMask, TiledValues } from './sparse-mask.ts';
import { tileSide } from './tiles.ts';
import type { Rectangle, TilePlace } from './tiles.ts';

/** Value to paint, and the pixels that it may replace. */
export interface Paint {
  readonly value: number;
  /** Table of 256 entries by a pixel's present value: 1 if it may be painted over. See `paintOver`. */
  readonly over: Uint8Array;
  /** Restriction to pixels whose values are in [low, high]: a threshold brush. */
  readonly within?: WithinRange;
}

interface WithinRange {
  readonly values: TiledValues;
  readonly low: number;
  readonly high: number;
}

/** Callback for pixels of one row from `left` to before `right`, in px of the image; may exceed it. */
export type TakeRun = (y: number, left: number, right: number) => void;

interface Touched {
  /** Former values; null if the tile was blank. */
  readonly before: Uint8Array | null;
  /** Changed part, px of the tile. */
  readonly extent: Extent;
}

/** Table of values that may be painted over: those of `guard`, but never those of `locked`. */
export function paintOver(
  guard: 'everything' | 'background',
  locked: Iterable<number> = [],
): Uint8Array {
  const over = new Uint8Array(256).fill(guard === 'everything' ? 1 : 0);
  over[0] = 1;
  for (const value of locked) over[value] = 0;
  return over;
}

/**
 * Edit of a mask, such as a stroke: runs of pixels are painted at once, and finishing it gives
 * one patch of all changes. Runs on tiles that are not in memory wait until they are.
 */
export class MaskEdit {
  readonly #mask: SparseMask;
  readonly #paint: Paint;
  readonly #touched = new Map<number, Touched>();
  readonly #waiting = new Map<number, [y: number, left: number, right: number][]>();
  #dirty = new Extent();

  constructor(mask: SparseMask, paint: Paint) {
    this.#mask = mask;
    this.#paint = paint;
  }

  /** Paints the part of a run that is inside the image. */
  readonly run: TakeRun = (y, left, right) => {
    const { width, height } = this.#mask.size;
    if (y < 0 || y >= height) return;
    const end = Math.min(right, width);
    for (let from = Math.max(left, 0); from < end;) {
      const column = Math.floor(from / tileSide);
      const to = Math.min(end, (column + 1) * tileSide);
      this.#paintRun(y, from, to);
      from = to;
    }
  };

  /** Tiles to put into the mask, or into the values of a threshold, before `resume`. */
  get missing(): TilePlace[] {
    return [...this.#waiting.keys()].map(placeOfKey);
  }

  /** Paints the waiting runs whose tiles are in memory now. */
  resume(): void {
    const waiting = [...this.#waiting.values()];
    this.#waiting.clear();
    for (const runs of waiting) for (const run of runs) this.#paintRun(...run);
  }

  /** Bounding rectangle of changes since the last call; px of the image. */
  takeDirty(): Rectangle | undefined {
    const dirty = this.#dirty.rectangle();
    this.#dirty = new Extent();
    return dirty;
  }

  /** Ends the edit and returns its changes; undefined if there are none. Waiting runs are dropped. */
  finish(): MaskPatch | undefined {
    const tiles = [...this.#touched].flatMap(([key, { before, extent }]) => {
      const place = placeOfKey(key);
      const after = this.#mask.tile(place);
      const rectangle = extent.rectangle();
      if (after === undefined || rectangle === undefined) return [];
      return [tilePatch(place, before, after, rectangle)];
    });
    return patchOf(tiles);
  }

  /** Restores the mask from before the edit. */
  cancel(): void {
    this.#waiting.clear();
    for (const [key, { before, extent }] of this.#touched) {
      const place = placeOfKey(key);
      this.#mask.put(place, before);
      const { left, top, right, bottom } = extent;
      const [x, y] = [place.x * tileSide, place.y * tileSide];
      this.#dirty.add(x + left, y + top, x + right, y + bottom);
    }
    this.#touched.clear();
  }

  /** Paints a run within one tile. */
  #paintRun(y: number, left: number, right: number): void {
    const place = { x: Math.floor(left / tileSide), y: Math.floor(y / tileSide) };
    const key = tileKey(place);
    const { within } = this.#paint;
    const shown = within?.values.tile(place);
    const isHere = this.#mask.tile(place) !== undefined && (shown !== undefined || !within);
    if (!isHere) {
      const runs = this.#waiting.get(key) ?? [];
      runs.push([y, left, right]);
      this.#waiting.set(key, runs);
      return;
    }
    const start = (y - place.y * tileSide) * tileSide - place.x * tileSide;
    const changed = this.#change(place, start + left, start + right, shown);
    if (changed === undefined) return;
    this.#dirty.add(left + changed[0], y, left + changed[1], y + 1);
    const [column, row] = [left - place.x * tileSide, y - place.y * tileSide];
    this.#touched.get(key)?.extent.add(column + changed[0], row, column + changed[1], row + 1);
  }

  /** Paints a range of a tile's indices. Returns the first changed index and one past the last, relative to `from`. */
  #change(
    place: TilePlace,
    from: number,
    to: number,
    shown: ArrayLike<number> | undefined,
  ): [number, number] | undefined {
    const { value, over, within } = this.#paint;
    const old = this.#mask.tile(place) ?? blankTile;
    let pixels: Uint8Array | undefined;
    let first = -1;
    let last = -1;
    for (let at = from; at < to; at++) {
      const present = (pixels ?? old)[at] ?? 0;
      if (present === value || over[present] !== 1) continue;
      if (shown !== undefined && within !== undefined) {
        const seen = shown[at] ?? NaN;
        if (!(seen >= within.low && seen <= within.high)) continue;
      }
      pixels ??= this.#kept(place);
      pixels[at] = value;
      if (first < 0) first = at;
      last = at;
    }
    return first < 0 ? undefined : [first - from, last + 1 - from];
  }

  /** Makes a tile writable after saving its former values. */
  #kept(place: TilePlace): Uint8Array {
    const key = tileKey(place);
    if (!this.#touched.has(key)) {
      const before = this.#mask.holds(place) ? (this.#mask.tile(place)?.slice() ?? null) : null;
      this.#touched.set(key, { before, extent: new Extent() });
    }
    const pixels = this.#mask.writable(place);
    if (pixels === undefined) throw new Error(`tile (${place.x}, ${place.y}) is not in memory`);
    return pixels;
  }
}
