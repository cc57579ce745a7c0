import type { MaskInfo, MaskTileChange } from '../../../../contract/masks.ts';
import { countRuns, encodeRuns, replaceInRuns } from '../../../../core/mask/run-length.ts';
import { blankTile, placeOfKey, tileKey } from '../../../../core/mask/sparse-mask.ts';
import type { SparseMask } from '../../../../core/mask/sparse-mask.ts';
import { ignoreValue } from '../../../../core/mask/tiles.ts';
import type { TilePlace } from '../../../../core/mask/tiles.ts';

/** Largest number of tiles per request: 16 MiB if no two neighbouring pixels are equal. */
const tilesAtOnce = 32;

/** First and longest delay between retries, ms. */
const firstWait = 500;
const longestWait = 15_000;

export type SaveState = 'saved' | 'saving' | 'failed';

export interface SaverHooks {
  /** @throws the engine's error; code 'not-found' if the image was removed */
  send(image: number, tiles: MaskTileChange[]): Promise<MaskInfo>;
  saved?(image: number, info: MaskInfo): void;
  /** Mask values of the project's current classes; all values by default. */
  known?(): readonly number[];
  /** Called once for consecutive failures. `isGone`: the image was removed and its tiles are discarded. */
  failed?(error: unknown, isGone: boolean): void;
  changed?(state: SaveState): void;
}

interface Unsaved {
  readonly mask: SparseMask;
  readonly keys: Set<number>;
}

/**
 * Saves the changed tiles after each stroke, one request at a time, in the order of the strokes. Tiles that could not
 * be saved are retried with exponential backoff.
 */
export class TileSaver {
  readonly #hooks: SaverHooks;
  readonly #unsaved = new Map<number, Unsaved>();
  #sending: Promise<void> | undefined;
  /** Tiles of the request in flight. */
  #inFlight: { readonly image: number; readonly keys: readonly number[] } | undefined;
  #wait = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #state: SaveState = 'saved';

  constructor(hooks: SaverHooks) {
    this.#hooks = hooks;
  }

  get state(): SaveState {
    return this.#state;
  }

  /** Queues changed tiles of `mask`; their pixels are read when they are sent. */
  touch(image: number, mask: SparseMask, places: readonly TilePlace[]): void {
    if (places.length === 0) return;
    const entry = this.#unsaved.get(image);
    const keys = entry?.keys ?? new Set<number>();
    for (const place of places) keys.add(tileKey(place));
    this.#unsaved.set(image, { mask: entry?.mask ?? mask, keys });
    if (this.#timer === undefined) this.#start();
  }

  /** Mask of an image with unsaved tiles, which must not be read from the engine again. */
  maskOf(image: number): SparseMask | undefined {
    return this.#unsaved.get(image)?.mask;
  }

  isUnsaved(image: number, place: TilePlace): boolean {
    const key = tileKey(place);
    const isInFlight = this.#inFlight?.image === image && this.#inFlight.keys.includes(key);
    return isInFlight || this.#unsaved.get(image)?.keys.has(key) === true;
  }

  /** Retries at once, for example when the engine is back. */
  retry(): void {
    if (this.#unsaved.size > 0) this.#start();
  }

  /** Resolves to true when all tiles are saved, or to false if saving failed. */
  async flush(): Promise<boolean> {
    this.retry();
    await this.#sending;
    return this.#unsaved.size === 0;
  }

  #start(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#sending ??= this.#sendAll().finally(() => {
      this.#sending = undefined;
    });
  }

  async #sendAll(): Promise<void> {
    this.#become(this.#wait > 0 ? 'failed' : 'saving');
    for (let next = this.#take(); next !== undefined; next = this.#take()) {
      try {
        const info = await this.#hooks.send(next.image, next.tiles);
        this.#inFlight = undefined;
        this.#forgetIfDone(next.image);
        this.#wait = 0;
        this.#hooks.saved?.(next.image, info);
      } catch (error) {
        this.#inFlight = undefined;
        if (!this.#keepAfter(error, next)) continue;
        this.#become('failed');
        return;
      }
    }
    this.#become('saved');
  }

  /** Takes the tiles of the next request out of the queue. */
  #take():
    | { image: number; keys: number[]; mask: SparseMask; tiles: MaskTileChange[] }
    | undefined {
    const [first] = this.#unsaved;
    if (first === undefined) return undefined;
    const [image, { mask, keys: all }] = first;
    const keys = [...all].slice(0, tilesAtOnce);
    for (const key of keys) all.delete(key);
    this.#inFlight = { image, keys };
    const kept = keptValues(this.#hooks.known?.());
    const tiles = keys.map((key) => {
      const place = placeOfKey(key);
      return { ...place, runs: runsOf(mask.tile(place) ?? blankTile, kept) };
    });
    return { image, keys, mask, tiles };
  }

  #forgetIfDone(image: number): void {
    if (this.#unsaved.get(image)?.keys.size === 0) this.#unsaved.delete(image);
  }

  /** Queues the tiles of a failed request again and schedules a retry; false if the image was removed. */
  #keepAfter(error: unknown, { image, keys }: { image: number; keys: readonly number[] }): boolean {
    if (error instanceof Error && 'code' in error && error.code === 'not-found') {
      this.#unsaved.delete(image);
      this.#hooks.failed?.(error, true);
      return false;
    }
    const entry = this.#unsaved.get(image);
    for (const key of keys) entry?.keys.add(key);
    if (this.#wait === 0) this.#hooks.failed?.(error, false);
    this.#wait = Math.min(longestWait, Math.max(firstWait, 2 * this.#wait));
    this.#timer = setTimeout(() => {
      this.#start();
    }, this.#wait);
    return true;
  }

  #become(state: SaveState): void {
    if (state === this.#state) return;
    this.#state = state;
    this.#hooks.changed?.(state);
  }
}

/**
 * Saved value by painted value. Values of classes that were removed meanwhile become background, because the engine
 * would refuse them every time.
 */
function keptValues(known: readonly number[] | undefined): Uint8Array {
  return Uint8Array.from({ length: 256 }, (_, value) => {
    const isKept = known === undefined || value === ignoreValue || known.includes(value);
    return isKept ? value : 0;
  });
}

/** Run-length encoding of the kept values; null for a blank tile. One pass: a stroke may touch millions of pixels. */
function runsOf(pixels: Uint8Array, kept: Uint8Array): Uint8Array | null {
  if (pixels === blankTile) return null;
  const runs = encodeRuns(pixels);
  const values = [...countRuns(runs).counts.keys()];
  if (!values.some((value) => kept[value] !== 0)) return null;
  return values.every((value) => kept[value] === value) ? runs : replaceInRuns(runs, kept);
}
