import { createHmac, randomBytes } from 'node:crypto';
import type { BandStatistics, ImageTile, ViewedImage } from '../../../contract/image-view.ts';
import type { StatisticsRequest } from '../../../formats/tiles/band-statistics.ts';
import { isMissingLevels } from '../../../formats/tiles/read-tile.ts';
import type { TiledFrame, TileRequest } from '../../../formats/tiles/read-tile.ts';
import type { Store } from '../../../store/store.ts';
import type { ImagePool, PoolRunOptions } from '../../image-pool/image-pool.ts';
import type { Emit } from '../../events.ts';
import { LevelCache } from './level-cache.ts';
import { Stacks } from './stacks.ts';

/** Images for the viewer: their stored values, tile by tile. */
export class Views {
  readonly #store: Store;
  readonly #pool: ImagePool;
  readonly #emit: Emit;
  readonly #levels: LevelCache;
  readonly #stacks: Stacks;
  /** Key for the names of series in the page: no patient data from a file leaves the engine. */
  readonly #secret = randomBytes(32);

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
    const { path, frame, name, sha256 } = stored;
    await this.#levels.touch(this.#levels.place(stored));
    const view = await this.#pool.run('view', { path, frame }, urgentTask(path));
    const series = view.series ?? (frame === undefined ? null : sha256);
    return { id, name, ...view, series: series && this.#digest(series) };
  }

  #digest(series: string | Uint8Array): string {
    return createHmac('sha256', this.#secret).update(series).digest('hex');
  }

  /** @throws UserError as `readTile`; 'invalid-option' for a tile or band that does not exist */
  async tile(id: number, request: TileRequest, signal: AbortSignal): Promise<ImageTile> {
    return this.#withLevels(
      id,
      (place) => this.#pool.run('tile', { place, request }, urgentTask(place.path, signal)),
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
      (place) => this.#pool.run('statistics', { place, request }, urgentTask(place.path, signal)),
      signal,
    );
  }

  /** @throws UserError 'not-found' */
  stack(id: number, signal: AbortSignal): Promise<number[]> {
    return this.#stacks.of(this.#store.images.get(id), signal);
  }

  /** Reads; if reduced levels are missing, builds them and reads again. */
  async #withLevels<T>(
    image: number,
    read: (place: TiledFrame) => Promise<T>,
    signal: AbortSignal,
  ): Promise<T> {
    const place = this.#levels.place(this.#store.images.get(image));
    try {
      return await read(place);
    } catch (error) {
      if (!isMissingLevels(error)) throw error;
    }
    const report = (done: number, total: number): void => {
      this.#emit('image.levels', { image, done, total });
    };
    await this.#levels.ensure(place, report, signal);
    return read(place);
  }
}

/** Options for a task that the user is waiting for, sent to the thread that has the file open. */
function urgentTask(path: string, signal?: AbortSignal): PoolRunOptions {
  return { subject: path, file: path, turn: 'now', signal };
}
