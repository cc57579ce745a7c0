import { readdir, rm, stat, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import { needsLevels } from '../../../formats/tiles/read-tile.ts';
import type { TiledFrame } from '../../../formats/tiles/read-tile.ts';
import type { ImagePool } from '../../image-pool/image-pool.ts';
import { throwIfCancelled } from '../../job.ts';

/** Folder in the workspace, structured like the thumbnails, so that both are deleted alike. */
export const levelsFolder = 'levels';
/** Maximum size of all levels on the disk, in bytes; the least recently used are deleted first. */
const keptBytes = 4 * 2 ** 30;
/** Time between two progress reports, ms. */
const reportInterval = 150;

export interface LeveledImage {
  readonly path: string;
  readonly frame?: number | undefined;
  /** SHA-256 of the file. */
  readonly sha256: Uint8Array;
}

export type LevelProgress = (done: number, total: number) => void;

interface Building {
  readonly done: Promise<void>;
  readonly controller: AbortController;
  waiting: number;
}

/** Reduced levels of very large images, built once and kept in the workspace within a limit. */
export class LevelCache {
  readonly #folder: string;
  readonly #pool: Pick<ImagePool, 'run'>;
  readonly #building = new Map<string, Building>();

  constructor(workspace: string, pool: Pick<ImagePool, 'run'>) {
    this.#pool = pool;
    this.#folder = join(workspace, levelsFolder);
  }

  place({ path, frame, sha256 }: LeveledImage): TiledFrame {
    const content = Buffer.from(sha256).toString('hex');
    const name = `${content}${frame === undefined ? '' : `-${frame}`}.levels`;
    return { path, frame, levels: join(this.#folder, content.slice(0, 2), name) };
  }

  /**
   * Resolves when the levels of a file that needs them exist. Concurrent requests share one build, which stops when
   * none of them waits any more.
   *
   * @throws UserError as the file's `read`, 'disk', 'cancelled'
   */
  async ensure(place: TiledFrame, onprogress: LevelProgress, signal: AbortSignal): Promise<void> {
    // A build that is ending because nobody waited for it is of no use to a new request.
    while (this.#building.get(place.levels)?.controller.signal.aborted === true) {
      await this.#building.get(place.levels)?.done.catch(() => undefined);
    }
    const isBuilding = this.#building.has(place.levels);
    if (!isBuilding && !(await needsLevels(place))) return;
    throwIfCancelled({ signal });
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

  /** Marks levels as just used, so that others are deleted first. */
  async touch({ levels }: TiledFrame): Promise<void> {
    await utimes(levels, new Date(), new Date()).catch(() => undefined);
  }

  #begin(place: TiledFrame, onprogress: LevelProgress): Building {
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

  async #build(place: TiledFrame, onprogress: LevelProgress, signal: AbortSignal): Promise<void> {
    const shared = new Int32Array(new SharedArrayBuffer(12));
    const report = (): void => {
      const total = Atomics.load(shared, 1);
      if (total > 0) onprogress(Atomics.load(shared, 0), total);
    };
    const timer = setInterval(report, reportInterval);
    // The thread checks this between strips; if it does not react, it is ended after a while.
    const stop = (): void => void Atomics.store(shared, 2, 1);
    signal.addEventListener('abort', stop, { once: true });
    try {
      const { path } = place;
      await this.#pool.run('levels', { place, shared }, { subject: path, turn: 'next', signal });
      report();
    } finally {
      signal.removeEventListener('abort', stop);
      clearInterval(timer);
    }
    await this.#trim(place.levels);
  }

  /** Deletes the least recently used levels beyond the limit; the latest stays. */
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

  /** Returns true for a file of a running build. */
  #isBuilt(path: string): boolean {
    return [...this.#building.keys()].some((target) => path.startsWith(target));
  }
}
