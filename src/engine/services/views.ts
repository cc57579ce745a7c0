import type { BandStatistics, ImageTile, ViewedImage } from '../../contract/image-view.ts';
import type { StatisticsRequest } from '../../formats/tiles/band-statistics.ts';
import { isMissingLevels } from '../../formats/tiles/read-tile.ts';
import type { TilePlace, TileRequest } from '../../formats/tiles/read-tile.ts';
import type { Store } from '../../store/store.ts';
import type { ImagePool, PoolRunOptions } from '../image-pool/image-pool.ts';
import type { Emit } from './dispatch.ts';
import { LevelCache } from './level-cache.ts';
import { Stacks } from './stacks.ts';

/** Images as a viewer looks at them: their stored values, by tiles. */
export class Views {
  readonly #store: Store;
  readonly #pool: ImagePool;
  readonly #emit: Emit;
  readonly #levels: LevelCache;
  readonly #stacks: Stacks;

  constructor(store: Store, pool: ImagePool, emit: Emit) {
    this.#store = store;
    this.#pool = pool;
    this.#emit = emit;
    this.#levels = new LevelCache(store.folder, pool);
    this.#stacks = new Stacks(store);
  }

  /** @throws UserError as `openImage` */
  async open(id: number): Promise<ViewedImage> {
    const stored = this.#store.images.get(id);
    const { path, frame, name } = stored;
    await this.#levels.touch(this.#levels.place(stored));
    const view = await this.#pool.run('view', { path, frame }, lookedAt(path));
    return { id, name, ...view };
  }

  /** @throws UserError as `readTile`; 'invalid-option' for a tile or band that is not there */
  async tile(id: number, request: TileRequest, signal: AbortSignal): Promise<ImageTile> {
    return this.#withLevels(
      id,
      (place) => this.#pool.run('tile', { place, request }, lookedAt(place.path, signal)),
      signal,
    );
  }

  /** @throws UserError as `tile` */
  async statistics(
    id: number,
    request: Omit<StatisticsRequest, 'steps'>,
    signal: AbortSignal,
  ): Promise<BandStatistics[]> {
    return this.#withLevels(
      id,
      (place) => this.#pool.run('statistics', { place, request }, lookedAt(place.path, signal)),
      signal,
    );
  }

  /** @throws UserError 'not-found' */
  stack(id: number, signal: AbortSignal): Promise<number[]> {
    return this.#stacks.of(this.#store.images.get(id), signal);
  }

  /** Reads, and where reduced levels are missing, makes them and reads again. */
  async #withLevels<T>(
    image: number,
    read: (place: TilePlace) => Promise<T>,
    signal: AbortSignal,
  ): Promise<T> {
    const place = this.#levels.place(this.#store.images.get(image));
    try {
      return await read(place);
    } catch (error) {
      if (!isMissingLevels(error)) throw error;
    }
    const tell = (done: number, total: number): void => {
      this.#emit('image.levels', { image, done, total });
    };
    await this.#levels.ensure(place, tell, signal);
    return read(place);
  }
}

/** Somebody sits in front of it, and the thread that has the file open is asked. */
function lookedAt(path: string, signal?: AbortSignal): PoolRunOptions {
  return { subject: path, file: path, turn: 'now', signal };
}
