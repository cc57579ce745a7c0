import { coarsePlace, levelKey, reduceInto } from '../../../../core/mask/area.ts';
import { blankTile, SparseMask } from '../../../../core/mask/sparse-mask.ts';
import type { TiledValues } from '../../../../core/mask/sparse-mask.ts';
import { tileSide, tilesIn, type MaskTile } from '../../../../core/mask/tiles.ts';
import type { Rectangle, Size, TilePlace } from '../../../../core/mask/tiles.ts';

/** Largest number of tiles per request. */
const tilesAtOnce = 64;

/** Largest number of cached tiles per layer over all levels: 64 MiB at 256 KiB each. */
const mostTiles = 256;

/** Coarsest level, at which one pixel covers a whole tile of full resolution. */
export const coarsestLevel = 9;

export type FetchTiles = (level: number, places: TilePlace[]) => Promise<MaskTile[]>;

export interface LayerTilesOptions {
  /** Size of the image. */
  readonly size: Size;
  /** Tiles of the stored mask that are not all background. */
  readonly existing: readonly TilePlace[];
  readonly fetch: FetchTiles;
  /** Called with the part of the image that can be drawn now, px of full resolution. */
  readonly arrived: (part: Rectangle) => void;
  readonly failed: (error: unknown) => void;
  /** Mask with unsaved edits, if there are any. */
  readonly mask?: SparseMask | undefined;
  /** Returns true if a tile at full resolution differs from the engine's. */
  readonly isUnsaved?: (place: TilePlace) => boolean;
}

/** Size of an image at a level, at which one pixel covers 2^level × 2^level pixels. */
export function sizeAt({ width, height }: Size, level: number): Size {
  return { width: Math.ceil(width / 2 ** level), height: Math.ceil(height / 2 ** level) };
}

/**
 * Cached tiles of one layer of an image at all levels. Edits at full resolution appear at once at the other levels. The
 * least recently used tiles are evicted and fetched again when needed, except for unsaved ones.
 */
export class LayerTiles {
  /** Mask at full resolution. */
  readonly mask: SparseMask;
  readonly #levels: SparseMask[];
  readonly #fetch: FetchTiles;
  readonly #arrived: (part: Rectangle) => void;
  readonly #failed: (error: unknown) => void;
  readonly #loading = new Map<string, Promise<void>>();
  readonly #isUnsaved: (place: TilePlace) => boolean;
  /** Tiles by level and place, the most recently used last. */
  readonly #used = new Map<string, { readonly level: number; readonly place: TilePlace }>();
  /** Number of users that rely on the cached tiles, during which none is evicted. */
  #holds = 0;
  #coarseLoading = 0;
  #wanted: { level: number; place: TilePlace }[] = [];
  /** Coarse levels that were viewed. Only these follow edits: updating all would take longer than painting. */
  readonly #followed = new Set<number>();

  constructor({
    size,
    existing,
    fetch,
    arrived,
    failed,
    mask = new SparseMask(size, existing),
    isUnsaved = () => false,
  }: LayerTilesOptions) {
    this.#isUnsaved = isUnsaved;
    for (const place of mask.places()) this.#use(0, place);
    this.mask = mask;
    this.#fetch = fetch;
    this.#arrived = arrived;
    this.#failed = failed;
    const all = [...existing, ...mask.places()];
    this.#levels = [mask];
    for (let level = 1; level <= coarsestLevel; level++) {
      const coarse = all.map((place) => coarsePlace(place, level));
      this.#levels.push(new SparseMask(sizeAt(size, level), coarse));
    }
  }

  /** Values at a level, which follows edits from now on. */
  at(level: number): TiledValues {
    if (level > 0 && !this.#followed.has(level)) {
      this.#followed.add(level);
      for (const place of this.mask.places()) this.#bringUp(place, wholeOf(place), level);
    }
    const values = this.#level(level);
    return {
      size: values.size,
      tile: (place) => {
        if (values.holds(place)) this.#use(level, place);
        return values.tile(place);
      },
    };
  }

  /** Cached values at a level; a level that was never viewed lacks edits. */
  peek(level: number): TiledValues {
    return this.#level(level);
  }

  /** Fetches a missing tile, in one request with others wanted in the same microtask. */
  want(level: number, place: TilePlace): void {
    if (this.at(level).tile(place) !== undefined) return;
    if (this.#loading.has(levelKey(level, place))) return;
    if (this.#wanted.length === 0) queueMicrotask(() => void this.#fetchWanted());
    const isNew = this.#wanted.every(
      (other) => other.level !== level || other.place.x !== place.x || other.place.y !== place.y,
    );
    if (isNew) this.#wanted.push({ level, place });
  }

  /**
   * Loads tiles of full resolution.
   *
   * @throws RequestError
   */
  async load(places: readonly TilePlace[]): Promise<void> {
    const missing = places.filter((place) => this.mask.tile(place) === undefined);
    const known = missing.map((place) => this.#loading.get(levelKey(0, place)));
    const rest = missing.filter((_, index) => known[index] === undefined);
    await Promise.all([...known, ...this.#fetchInParts(0, rest)]);
  }

  /** Updates the viewed levels after an edit of a part, px of full resolution. */
  changed(part: Rectangle): void {
    for (const place of tilesIn(part, this.mask.size)) {
      this.#use(0, place);
      this.#bringUp(place, part);
    }
  }

  /** Number of cached tiles of a level. */
  count(level: number): number {
    return this.#level(level).count;
  }

  /** Prevents eviction until the returned function is called, once. */
  hold(): () => void {
    this.#holds++;
    return () => {
      this.#holds--;
      this.trim();
    };
  }

  /** Evicts tiles beyond the limit. */
  trim(): void {
    let count = this.#levels.reduce((sum, level) => sum + level.count, 0);
    if (this.#holds > 0) return;
    for (const [key, { level, place }] of this.#used) {
      if (count <= mostTiles) return;
      if (!this.#level(level).holds(place)) this.#used.delete(key);
      else if (this.#drop(level, place)) {
        this.#used.delete(key);
        count--;
      }
    }
  }

  #drop(level: number, place: TilePlace): boolean {
    if (level === 0) {
      // A coarse tile in flight may lack the edits of this tile, which will be merged into it.
      if (this.#coarseLoading > 0 || this.#isUnsaved(place)) return false;
      // Coarse levels that were never viewed lack the edits of this tile.
      for (const [above, coarse] of this.#levels.entries()) {
        if (above > 0 && !this.#followed.has(above)) coarse.forget(coarsePlace(place, above));
      }
    }
    this.#level(level).forget(place);
    return true;
  }

  /** Marks a tile as most recently used. */
  #use(level: number, place: TilePlace): void {
    const key = levelKey(level, place);
    const { x, y } = place;
    this.#used.delete(key);
    this.#used.set(key, { level, place: { x, y } });
  }

  #level(level: number): SparseMask {
    return this.#levels[Math.min(level, coarsestLevel)] ?? this.mask;
  }

  /** Merges a part of a tile into the cached coarser tiles; others get it when they are fetched. */
  #bringUp(place: TilePlace, part: Rectangle, onlyLevel?: number): void {
    const tile = this.mask.tile(place);
    if (tile === undefined) return;
    const [left, top] = [place.x * tileSide, place.y * tileSide];
    const x = Math.max(0, part.x - left);
    const y = Math.max(0, part.y - top);
    const width = Math.min(tileSide, part.x + part.width - left) - x;
    const height = Math.min(tileSide, part.y + part.height - top) - y;
    for (const level of onlyLevel === undefined ? this.#followed : [onlyLevel]) {
      const coarse = this.#level(level);
      const above = coarsePlace(place, level);
      const isBlank = coarse.tile(above) === blankTile;
      // A missing coarse tile is not created here, since it would lack its other tiles of full resolution.
      const target = coarse.tile(above) === undefined ? undefined : coarse.writable(above);
      if (target === undefined) continue;
      this.#use(level, above);
      const whole = { x: 0, y: 0, width: tileSide, height: tileSide };
      reduceInto(target, level, place, tile, isBlank ? whole : { x, y, width, height });
    }
  }

  async #fetchWanted(): Promise<void> {
    const wanted = this.#wanted;
    this.#wanted = [];
    const levels = new Set(wanted.map(({ level }) => level));
    const parts = [...levels].flatMap((level) => {
      const places = wanted.filter((tile) => tile.level === level).map(({ place }) => place);
      return this.#fetchInParts(level, places);
    });
    await Promise.all(parts).catch(this.#failed);
  }

  #fetchInParts(level: number, places: readonly TilePlace[]): Promise<void>[] {
    const parts: Promise<void>[] = [];
    for (let from = 0; from < places.length; from += tilesAtOnce) {
      // The engine's schema accepts only x and y.
      const part = places.slice(from, from + tilesAtOnce).map(({ x, y }) => ({ x, y }));
      const keys = part.map((place) => levelKey(level, place));
      const fetched = this.#fetchPart(level, part).finally(() => {
        for (const key of keys) this.#loading.delete(key);
      });
      for (const key of keys) this.#loading.set(key, fetched);
      parts.push(fetched);
    }
    return parts;
  }

  async #fetchPart(level: number, places: TilePlace[]): Promise<void> {
    const isCoarse = level > 0;
    if (isCoarse) this.#coarseLoading++;
    const found = await this.#fetch(level, places).finally(() => {
      if (isCoarse) this.#coarseLoading--;
    });
    for (const place of places) {
      // A tile that arrived meanwhile, for example through undo, is newer.
      if (this.#level(level).tile(place) !== undefined) continue;
      const tile = found.find(({ x, y }) => x === place.x && y === place.y);
      this.#level(level).put(place, tile?.pixels ?? null);
      this.#use(level, place);
      if (level > 0) this.#bringUpAll(level, place);
      const side = tileSide * 2 ** level;
      this.#arrived({ x: place.x * side, y: place.y * side, width: side, height: side });
    }
    this.trim();
  }

  /** Merges all edited tiles into a fetched coarse tile, since they are newer. */
  #bringUpAll(level: number, place: TilePlace): void {
    for (const below of this.mask.places()) {
      const above = coarsePlace(below, level);
      if (above.x !== place.x || above.y !== place.y) continue;
      this.#bringUp(below, wholeOf(below), level);
    }
  }
}

function wholeOf({ x, y }: TilePlace): Rectangle {
  return { x: x * tileSide, y: y * tileSide, width: tileSide, height: tileSide };
}
