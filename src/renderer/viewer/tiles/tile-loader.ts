import type { LevelTile } from './tile-plan.ts';
import type { ByteCache } from '../../../core/byte-cache.ts';
import type { TileValues } from './tile-values.ts';

/** Tile of an image to load, with its bands. */
export interface WantedTile extends LevelTile {
  readonly image: number;
  readonly bands: readonly number[];
}

export type FetchTile = (tile: WantedTile, signal: AbortSignal) => Promise<TileValues>;

export interface LoaderEvents {
  oncome(tile: WantedTile): void;
  /** Called for the first failure of an image only. */
  onfail(image: number, error: unknown): void;
}

/** Largest number of concurrent requests. The engine decodes one after the other, and its queue cannot be reordered. */
const atOnce = 4;

/** Fetches tiles by priority and aborts requests for tiles that are no longer wanted. */
export class TileLoader {
  readonly #cache: ByteCache<TileValues>;
  readonly #fetch: FetchTile;
  readonly #events: LoaderEvents;
  readonly #flying = new Map<string, AbortController>();
  readonly #failed = new Set<string>();
  readonly #failedImages = new Set<number>();
  #wanted: readonly WantedTile[] = [];

  constructor(cache: ByteCache<TileValues>, fetch: FetchTile, events: LoaderEvents) {
    this.#cache = cache;
    this.#fetch = fetch;
    this.#events = events;
  }

  /** True while requests are in flight. */
  get isBusy(): boolean {
    return this.#flying.size > 0;
  }

  /** Sets the wanted tiles, highest priority first. */
  want(tiles: readonly WantedTile[]): void {
    this.#wanted = tiles;
    const keys = new Set(tiles.map(wantedTileKey));
    for (const [key, controller] of this.#flying) {
      if (!keys.has(key)) controller.abort();
    }
    this.#fill();
  }

  /** Allows failed tiles of an image to be fetched again. */
  forgive(image: number): void {
    this.#failedImages.delete(image);
    for (const key of this.#failed) {
      if (key.startsWith(`${image}/`)) this.#failed.delete(key);
    }
  }

  dispose(): void {
    this.#wanted = [];
    for (const controller of this.#flying.values()) controller.abort();
  }

  #fill(): void {
    for (const tile of this.#wanted) {
      if (this.#flying.size >= atOnce) return;
      const key = wantedTileKey(tile);
      if (this.#flying.has(key) || this.#failed.has(key) || this.#cache.has(key)) continue;
      void this.#load(key, tile);
    }
  }

  async #load(key: string, tile: WantedTile): Promise<void> {
    const controller = new AbortController();
    this.#flying.set(key, controller);
    try {
      const values = await this.#fetch(tile, controller.signal);
      // Kept even if the request was aborted meanwhile, since the tile may be wanted again.
      this.#cache.set(key, values);
      this.#events.oncome(tile);
    } catch (error) {
      if (!controller.signal.aborted) {
        this.#failed.add(key);
        const isFirst = !this.#failedImages.has(tile.image);
        this.#failedImages.add(tile.image);
        if (isFirst) this.#events.onfail(tile.image, error);
      }
    } finally {
      this.#flying.delete(key);
      this.#fill();
    }
  }
}

export function wantedTileKey({ image, level, x, y, bands }: WantedTile): string {
  return `${image}/${bands.join()}/${level}/${x}/${y}`;
}
