import type { TakeRun } from './edit.ts';
import { placeOfKey, tileKey } from './sparse-mask.ts';
import type { TiledValues } from './sparse-mask.ts';
import { tilePixels, tileSide } from './tiles.ts';
import type { TilePlace } from './tiles.ts';

/** Largest number of pixels of a grown region: an image of 5,792 px per side. */
const largestRegion = 2 ** 25;

/** Pixel to continue from. */
interface Seed {
  readonly x: number;
  readonly y: number;
}

/**
 * Grows a region from a pixel over neighbours (left, right, above, below) whose values are in a range. It
 * stops at tiles that are not in memory yet; put those that `grow` returns and call it again.
 */
export class Flood {
  readonly #values: TiledValues;
  readonly #low: number;
  readonly #high: number;
  readonly #limit: number;
  /** Pixels of the region by tile: 1 inside. */
  readonly #region = new Map<number, Uint8Array>();
  #seeds: Seed[];
  #waiting: Seed[] = [];
  #count = 0;

  /** @param low and @param high ends of the region's range of values, both included */
  constructor(
    values: TiledValues,
    seed: Seed,
    low: number,
    high: number,
    limit: number = largestRegion,
  ) {
    this.#values = values;
    this.#low = low;
    this.#high = high;
    this.#limit = limit;
    this.#seeds = [seed];
  }

  /** Number of pixels so far. */
  get count(): number {
    return this.#count;
  }

  /** True if the region has more pixels than allowed. */
  get isTooLarge(): boolean {
    return this.#count > this.#limit;
  }

  /** Grows the region and returns the tiles needed to continue; empty if it is complete or too large. */
  grow(): TilePlace[] {
    for (const seed of this.#waiting.splice(0)) this.#seeds.push(seed);
    for (let seed = this.#seeds.pop(); seed && !this.isTooLarge; seed = this.#seeds.pop()) {
      this.#growRow(seed);
    }
    if (this.isTooLarge) return [];
    const missing = new Set(this.#waiting.map(({ x, y }) => tileKey(placeOfPixel(x, y))));
    return [...missing].map(placeOfKey);
  }

  /** Emits the region's pixels in runs. */
  runs(take: TakeRun): void {
    for (const [key, region] of this.#region) {
      const { x, y } = placeOfKey(key);
      for (let at = 0; at < tilePixels;) {
        const row = Math.floor(at / tileSide);
        const end = (row + 1) * tileSide;
        const from = region.indexOf(1, at);
        if (from < 0) break;
        if (from >= end) {
          at = from - (from % tileSide);
          continue;
        }
        let to = from + 1;
        while (to < end && region[to] === 1) to++;
        const left = x * tileSide + (from % tileSide);
        take(y * tileSide + row, left, left + to - from);
        at = to;
      }
    }
  }

  /** Adds all pixels of a row that are connected to a pixel, tile by tile, and seeds the adjacent rows. */
  #growRow({ x, y }: Seed): void {
    const { width, height } = this.#values.size;
    if (x < 0 || y < 0 || x >= width || y >= height) return;
    const place = placeOfPixel(x, y);
    const values = this.#values.tile(place);
    if (values === undefined) {
      this.#waiting.push({ x, y });
      return;
    }
    const region = this.#tile(place);
    const row = (y % tileSide) * tileSide;
    const isOpen = (column: number): boolean => {
      const at = row + column;
      const value = values[at] ?? NaN;
      return region[at] === 0 && value >= this.#low && value <= this.#high;
    };
    const start = x % tileSide;
    if (!isOpen(start)) return;
    const columns = Math.min(tileSide, width - place.x * tileSide);
    let left = start;
    while (left > 0 && isOpen(left - 1)) left--;
    let right = start + 1;
    while (right < columns && isOpen(right)) right++;
    region.fill(1, row + left, row + right);
    this.#count += right - left;
    const corner = place.x * tileSide;
    if (left === 0) this.#seeds.push({ x: corner - 1, y });
    if (right === columns) this.#seeds.push({ x: corner + columns, y });
    this.#seedRow(corner + left, corner + right, y - 1);
    this.#seedRow(corner + left, corner + right, y + 1);
  }

  /** Adds a seed for each stretch of a row, within one tile, that belongs to the region and is not in it yet. */
  #seedRow(left: number, right: number, y: number): void {
    if (y < 0 || y >= this.#values.size.height) return;
    const place = placeOfPixel(left, y);
    const values = this.#values.tile(place);
    if (values === undefined) {
      // Each column may open another stretch, which is only known once the tile is in memory.
      for (let x = left; x < right; x++) this.#waiting.push({ x, y });
      return;
    }
    const region = this.#tile(place);
    const row = (y % tileSide) * tileSide - place.x * tileSide;
    let wasOpen = false;
    for (let x = left; x < right; x++) {
      const value = values[row + x] ?? NaN;
      const isOpen = region[row + x] === 0 && value >= this.#low && value <= this.#high;
      if (isOpen && !wasOpen) this.#seeds.push({ x, y });
      wasOpen = isOpen;
    }
  }

  #tile(place: TilePlace): Uint8Array {
    const key = tileKey(place);
    const found = this.#region.get(key) ?? new Uint8Array(tilePixels);
    this.#region.set(key, found);
    return found;
  }
}

function placeOfPixel(x: number, y: number): TilePlace {
  return { x: Math.floor(x / tileSide), y: Math.floor(y / tileSide) };
}
