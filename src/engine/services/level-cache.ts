import { readdir, rm, stat, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import { needsLevels } from '../../formats/tiles/read-tile.ts';
import type { TilePlace } from '../../formats/tiles/read-tile.ts';
import type { ImagePool } from '../image-pool/image-pool.ts';

/** In the workspace; below it folders as those of thumbnails, so that both are forgotten alike. */
export const levelsFolder = 'levels';
/** Bytes that all levels take on the disk, at most: the ones used longest ago go first. */
const keptBytes = 4 * 2 ** 30;
/** ms between two words of how far it is. */
const wordsApart = 150;

export interface LeveledImage {
  readonly path: string;
  readonly frame?: number | undefined;
  /** Of the file. */
  readonly sha256: Uint8Array;
}

export type LevelProgress = (done: number, total: number) => void;

interface Building {
  readonly done: Promise<void>;
  readonly controller: AbortController;
  waiting: number;
}

/** Reduced levels of very large images, made once and kept in the workspace within a bound. */
export class LevelCache {
  readonly #folder: string;
  readonly #pool: ImagePool;
  readonly #building = new Map<string, Building>();

  constructor(workspace: string, pool: ImagePool) {
    this.#pool = pool;
    this.#folder = join(workspace, levelsFolder);
  }

  place({ path, frame, sha256 }: LeveledImage): TilePlace {
    const content = Buffer.from(sha256).toString('hex');
    const name = `${content}${frame === undefined ? '' : `-${frame}`}.levels`;
    return { path, frame, levels: join(this.#folder, content.slice(0, 2), name) };
  }

  /**
   * Resolves when the levels of a file that needs them are there. What several wait for is built once, and stops when nobody does.
   *
   * @throws UserError as the file's `read`, 'disk', 'cancelled'
   */
  async ensure(place: TilePlace, onprogress: LevelProgress, signal: AbortSignal): Promise<void> {
    const isBuilding = this.#building.has(place.levels);
    if (!isBuilding && !(await needsLevels(place))) return;
    const building = this.#building.get(place.levels) ?? this.#begin(place, onprogress);
    building.waiting++;
    const leave = (): void => {
      building.waiting--;
      if (building.waiting === 0) building.controller.abort();
    };
    signal.addEventListener('abort', leave, { once: true });
    try {
      await building.done;
    } finally {
      signal.removeEventListener('abort', leave);
    }
  }

  /** Says that levels are used now, so that others go before them. */
  async touch({ levels }: TilePlace): Promise<void> {
    await utimes(levels, new Date(), new Date()).catch(() => undefined);
  }

  #begin(place: TilePlace, onprogress: LevelProgress): Building {
    const controller = new AbortController();
    const building: Building = {
      controller,
      waiting: 0,
      done: this.#build(place, onprogress, controller.signal).finally(() => {
        this.#building.delete(place.levels);
      }),
    };
    this.#building.set(place.levels, building);
    return building;
  }

  async #build(place: TilePlace, onprogress: LevelProgress, signal: AbortSignal): Promise<void> {
    const shared = new Int32Array(new SharedArrayBuffer(12));
    const say = (): void => {
      const total = Atomics.load(shared, 1);
      if (total > 0) onprogress(Atomics.load(shared, 0), total);
    };
    const timer = setInterval(say, wordsApart);
    // The thread looks at it between two strips; one that does not is ended after a while.
    const stop = (): void => void Atomics.store(shared, 2, 1);
    signal.addEventListener('abort', stop, { once: true });
    try {
      const { path } = place;
      await this.#pool.run('levels', { place, shared }, { subject: path, turn: 'next', signal });
      say();
    } finally {
      signal.removeEventListener('abort', stop);
      clearInterval(timer);
    }
    await this.#trim(place.levels);
  }

  /** Back within the bound; the one made just now stays. */
  async #trim(latest: string): Promise<void> {
    const names = await readdir(this.#folder, { recursive: true }).catch(() => []);
    const files = await Promise.all(
      names
        .filter((name) => /\.(?:levels|part)$/.test(name))
        .map(async (name) => {
          const path = join(this.#folder, name);
          const found = await stat(path).catch(() => undefined);
          return { path, bytes: found?.size ?? 0, used: found?.mtimeMs ?? 0 };
        }),
    );
    let bytes = files.reduce((sum, file) => sum + file.bytes, 0);
    for (const file of files.sort((one, other) => one.used - other.used)) {
      if (bytes <= keptBytes) return;
      if (file.path === latest || this.#isBuilt(file.path)) continue;
      await rm(file.path, { force: true });
      bytes -= file.bytes;
    }
  }

  /** A part of one that is being made. */
  #isBuilt(path: string): boolean {
    return [...this.#building.keys()].some((target) => path.startsWith(target));
  }
}
