import { stat } from 'node:fs/promises';
import { preparationOf } from '../../core/image/preparation.ts';
import type { Raster } from '../../core/image/raster.ts';
import { halved, withoutEqualBands } from '../../core/suggest/window.ts';
import { readFailure } from '../../formats/file-errors.ts';
import { readPicture } from '../../formats/images.ts';
import type { LookRequest } from './protocol.ts';

/** An image as people see it, and ever smaller. */
export class OpenedImage {
  /** Another one for another state of the file, preparation or slice. */
  readonly key: string;
  /** px of the image a pixel of `levels` 0: 1, but for images too large to be read as a whole. */
  readonly step: number;
  readonly #levels: Raster[];

  constructor(key: string, raster: Raster, width: number) {
    this.key = key;
    this.step = width / raster.width;
    this.#levels = [withoutEqualBands(raster)];
  }

  /** Each half as large as the one before. */
  level(wanted: number): Raster {
    for (let level = this.#levels.length; level <= wanted; level++) {
      const last = this.#levels[level - 1];
      if (last) this.#levels.push(halved(last));
    }
    const found = this.#levels[wanted];
    if (!found) throw new Error(`there is no level ${wanted}`);
    return found;
  }
}

/** So many are kept: somebody who goes back and forth between two sees no difference. */
const keptImages = 2;

/** Images that were looked at last, as their files are now. */
export class OpenedImages {
  /** By last use, the latest last. */
  readonly #kept = new Map<string, OpenedImage>();

  /** @throws UserError as `readImage` */
  async open({ image, preparation }: LookRequest, signal: AbortSignal): Promise<OpenedImage> {
    const { path, frame, width } = image;
    const { size, mtimeMs } = await stat(path).catch((error: unknown) => {
      throw readFailure(error, path);
    });
    const { bands, range } = preparation;
    const key = [path, frame ?? 0, size, mtimeMs, bands?.join() ?? '', range].join('\n');
    const known = this.#kept.get(key);
    const place = { path, ...(frame === undefined ? {} : { frame }) };
    const opened =
      known ??
      new OpenedImage(key, await readPicture(place, preparationOf(preparation), signal), width);
    this.#kept.delete(key);
    this.#kept.set(key, opened);
    for (const oldest of this.#kept.keys()) {
      if (this.#kept.size <= keptImages) break;
      this.#kept.delete(oldest);
    }
    return opened;
  }

  get keys(): ReadonlySet<string> {
    return new Set(this.#kept.keys());
  }
}
