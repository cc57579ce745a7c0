import { stat } from 'node:fs/promises';
import { preparationOf } from '../../core/image/preparation.ts';
import type { Raster } from '../../core/image/raster.ts';
import { halved, withoutEqualBands } from '../../core/suggest/window.ts';
import { readFailure } from '../../formats/files/file-errors.ts';
import { readPicture } from '../../formats/images.ts';
import type { FeatureRequest } from './protocol.ts';

/** An image as the viewer shows it, with a pyramid of reduced levels. */
export class OpenedImage {
  /** Key that changes with the file's state, the preparation and the slice. */
  readonly key: string;
  /**
   * Pixels of the image per pixel of level 0: 1, except for images too large to be read as a whole.
   */
  readonly step: number;
  readonly #levels: Raster[];

  constructor(key: string, raster: Raster, width: number) {
    this.key = key;
    this.step = width / raster.width;
    this.#levels = [withoutEqualBands(raster)];
  }

  /** Reads a level; each is half as large as the previous one. */
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

/** Number of images kept, so that switching between two is immediate. */
const keptImages = 2;

/** Most recently used images, in the current state of their files. */
export class OpenedImages {
  /** Least recently used first. */
  readonly #kept = new Map<string, OpenedImage>();

  /**
   * Opens an image.
   *
   * @throws UserError as `readImage`
   */
  async open({ image, preparation }: FeatureRequest, signal: AbortSignal): Promise<OpenedImage> {
    const { path, frame, width } = image;
    const { size, mtimeMs } = await stat(path).catch((error: unknown) => {
      throw readFailure(error, path);
    });
    const { bands, range } = preparation;
    const key = [path, frame ?? 0, size, mtimeMs, bands?.join() ?? '', range].join('\n');
    const known = this.#kept.get(key);
    const place = { path, frame };
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
