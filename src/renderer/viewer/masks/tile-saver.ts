import type { MaskInfo, MaskTileChange } from '../../../contract/masks.ts';
import { countRuns, encodeRuns, replaceInRuns } from '../../../core/mask/runs.ts';
import { blankTile, placeOfKey, tileKey } from '../../../core/mask/sparse-mask.ts';
import type { SparseMask } from '../../../core/mask/sparse-mask.ts';
import { ignoreValue } from '../../../core/mask/tiles.ts';
import type { TilePlace } from '../../../core/mask/tiles.ts';

/** A request carries so many tiles at most: 16 MiB where no pixel is like its neighbour. */
const tilesAtOnce = 32;

/** Between tries, ms: the first, and the longest. */
const firstWait = 500;
const longestWait = 15_000;

export type SaveState = 'saved' | 'saving' | 'failed';

export interface SaverHooks {
  /** @throws what the engine says; code 'not-found' where the image is gone */
  send(image: number, tiles: MaskTileChange[]): Promise<MaskInfo>;
  saved?(image: number, info: MaskInfo): void;
  /** Values of the project's classes now; all unless given. */
  known?(): readonly number[];
  /** Told once for a row of failures. `isGone`: the image is no more, and its tiles are given up. */
  failed?(error: unknown, isGone: boolean): void;
  changed?(state: SaveState): void;
}

interface Unsaved {
  readonly mask: SparseMask;
  readonly keys: Set<number>;
}

/**
 * Saves tiles after each stroke: only those that were touched, one request at a time, in the order of the
 * strokes. What cannot be saved is kept and tried again, first soon and then less often, until it can.
 */
export class TileSaver {
  readonly #hooks: SaverHooks;
  readonly #unsaved = new Map<number, Unsaved>();
  #sending: Promise<void> | undefined;
  /** Tiles on their way, which are not yet saved. */
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

  /** Tiles of `mask` were changed. Their pixels are read when they are sent. */
  touch(image: number, mask: SparseMask, places: readonly TilePlace[]): void {
    if (places.length === 0) return;
    const entry = this.#unsaved.get(image);
    const keys = entry?.keys ?? new Set<number>();
    for (const place of places) keys.add(tileKey(place));
    this.#unsaved.set(image, { mask: entry?.mask ?? mask, keys });
    if (this.#timer === undefined) this.#start();
  }

  /** The mask of an image with tiles that are not saved yet: it must not be read from the engine again. */
  maskOf(image: number): SparseMask | undefined {
    return this.#unsaved.get(image)?.mask;
  }

  isUnsaved(image: number, place: TilePlace): boolean {
    const key = tileKey(place);
    const isInFlight = this.#inFlight?.image === image && this.#inFlight.keys.includes(key);
    return isInFlight || this.#unsaved.get(image)?.keys.has(key) === true;
  }

  /** Tries again now, as when the engine is back. */
  retry(): void {
    if (this.#unsaved.size > 0) this.#start();
  }

  /** Resolves when everything is saved, or could not be: true if it is. */
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

  /** What is sent next; its tiles are no longer pending, unless they are touched again. */
  #take():
    { image: number; keys: number[]; mask: SparseMask; tiles: MaskTileChange[] } | undefined {
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

  /** Puts back what could not be saved and tries again later; false where the image is gone. */
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
 * By value, what is saved of it. What a class that was removed meanwhile had is background, as everywhere else:
 * the engine would refuse it for ever.
 */
function keptValues(known: readonly number[] | undefined): Uint8Array {
  return Uint8Array.from({ length: 256 }, (_, value) => {
    const isKept = known === undefined || value === ignoreValue || known.includes(value);
    return isKept ? value : 0;
  });
}

/** Looks at the pixels once: a person waits, and a long stroke touches millions. */
function runsOf(pixels: Uint8Array, kept: Uint8Array): Uint8Array | null {
  if (pixels === blankTile) return null;
  const runs = encodeRuns(pixels);
  const values = [...countRuns(runs).counts.keys()];
  if (!values.some((value) => kept[value] !== 0)) return null;
  return values.every((value) => kept[value] === value) ? runs : replaceInRuns(runs, kept);
}
