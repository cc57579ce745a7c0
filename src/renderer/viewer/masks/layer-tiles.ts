import type { MaskTile } from '../../../contract/masks.ts';
import { coarsePlace, levelKey, reduceInto } from '../../../core/mask/area.ts';
import { blankTile, SparseMask } from '../../../core/mask/sparse-mask.ts';
import type { TileValues } from '../../../core/mask/sparse-mask.ts';
import { tileSide, tilesIn } from '../../../core/mask/tiles.ts';
import type { Rectangle, Size, TilePlace } from '../../../core/mask/tiles.ts';

/** The engine answers for so many tiles at a time. */
const tilesAtOnce = 64;

/** Tiles of 256 KiB that a layer keeps, of all levels: 64 MiB. */
const mostTiles = 256;

/** A tile of this level covers a whole one with one pixel: nothing is looked at from further away. */
export const coarsestLevel = 9;

export type FetchTiles = (level: number, places: TilePlace[]) => Promise<MaskTile[]>;

/** How large an image is at a level, of one pixel for 2^level × 2^level. */
export function sizeAt({ width, height }: Size, level: number): Size {
  return { width: Math.ceil(width / 2 ** level), height: Math.ceil(height / 2 ** level) };
}

/**
 * The tiles of one layer of an image, at every level, as far as they were needed. What is edited at full
 * resolution shows at once at the others. Those that were not looked at for longest are let go of and asked for
 * again, but for what the engine does not have yet.
 */
export class LayerTiles {
  /** At full resolution. */
  readonly mask: SparseMask;
  readonly #levels: SparseMask[];
  readonly #fetch: FetchTiles;
  readonly #arrived: (part: Rectangle) => void;
  readonly #failed: (error: unknown) => void;
  readonly #loading = new Map<string, Promise<void>>();
  readonly #isUnsaved: (place: TilePlace) => boolean;
  /** By level and place, the last used last. */
  readonly #used = new Map<string, { readonly level: number; readonly place: TilePlace }>();
  /** Those who rely on what is here. */
  #holds = 0;
  #coarseLoading = 0;
  #wanted: { level: number; place: TilePlace }[] = [];
  /** Coarse levels that somebody looked at: keeping all of them would take longer than painting. */
  readonly #followed = new Set<number>();

  /**
   * @param existing tiles of the stored mask that are not all background
   * @param arrived told which part of the image can be drawn now, px of full resolution
   * @param mask of an image that has edits which are not stored yet
   * @param isUnsaved whether a tile at full resolution is another than the engine's
   */
  constructor(
    size: Size,
    existing: readonly TilePlace[],
    fetch: FetchTiles,
    arrived: (part: Rectangle) => void,
    failed: (error: unknown) => void,
    mask = new SparseMask(size, existing),
    isUnsaved: (place: TilePlace) => boolean = () => false,
  ) {
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

  /** Values at a level, which follow what is edited from now on. */
  at(level: number): TileValues {
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

  /** Values at a level as far as they happen to be here, without what was edited where nobody looks. */
  peek(level: number): TileValues {
    return this.#level(level);
  }

  /** Has a tile fetched that is not here, with the others that are wanted in this moment. */
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
   * Resolves when tiles of full resolution are in memory.
   *
   * @throws what the engine says
   */
  async load(places: readonly TilePlace[]): Promise<void> {
    const missing = places.filter((place) => this.mask.tile(place) === undefined);
    const known = missing.map((place) => this.#loading.get(levelKey(0, place)));
    const rest = missing.filter((_, index) => known[index] === undefined);
    await Promise.all([...known, ...this.#fetchInParts(0, rest)]);
  }

  /** A part of the mask was edited; px of full resolution. */
  changed(part: Rectangle): void {
    for (const place of tilesIn(part, this.mask.size)) {
      this.#use(0, place);
      this.#bringUp(place, part);
    }
  }

  /** How many tiles of a level are in memory. */
  count(level: number): number {
    return this.#level(level).count;
  }

  /** Nothing is let go of until the function that it returns is called, once. */
  hold(): () => void {
    this.#holds++;
    return () => {
      this.#holds--;
      this.trim();
    };
  }

  /** Lets go of what is more than is kept. */
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
      // A coarse tile on its way may be without what was edited: it is brought into it from here.
      if (this.#coarseLoading > 0 || this.#isUnsaved(place)) return false;
      // Where nobody looked yet, a coarse tile does not have it.
      for (const [above, coarse] of this.#levels.entries()) {
        if (above > 0 && !this.#followed.has(above)) coarse.forget(coarsePlace(place, above));
      }
    }
    this.#level(level).forget(place);
    return true;
  }

  /** Remembers that a tile was used just now. */
  #use(level: number, place: TilePlace): void {
    const key = levelKey(level, place);
    const { x, y } = place;
    this.#used.delete(key);
    this.#used.set(key, { level, place: { x, y } });
  }

  #level(level: number): SparseMask {
    return this.#levels[Math.min(level, coarsestLevel)] ?? this.mask;
  }

  /** Brings a part of a tile into the coarser ones that are here; others come with it from the engine or later. */
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
      // All of what is below must be in it: a tile that is made here has nothing else below.
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
      // Whatever else is known of a place, the engine takes no more than that.
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
      // What came meanwhile, as by undoing, is newer.
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

  /** What was edited since the engine drew a coarse tile is newer than it. */
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
