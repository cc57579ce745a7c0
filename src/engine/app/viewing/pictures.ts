import { createHash } from 'node:crypto';
import { readFile, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { WrittenPreparation } from '../../../contract/jobs.ts';
import type { ImagePool, PoolRunOptions } from '../../image-pool/image-pool.ts';
import type { PictureRequest } from '../../image-pool/picture-task.ts';
import { levelsFolder } from './level-cache.ts';

/** Image and preparation that a picture shows. */
export interface Pictured {
  /** SHA-256 of the file. */
  readonly sha256: Uint8Array;
  readonly frame?: number | undefined;
  readonly preparation: WrittenPreparation;
}

export interface StoredPicture extends Pictured {
  readonly path: string;
}

/**
 * Pictures of images for the page, as the project's model sees them. Thumbnails are files in the workspace, named by
 * the content hash of the image, so that names reveal nothing of a patient; missing ones are rendered again.
 */
export class Pictures {
  readonly #workspace: string;
  readonly #folder: string;
  /** Threads that read images and render pictures. */
  readonly pool: ImagePool;

  constructor(workspace: string, pool: ImagePool) {
    this.#workspace = workspace;
    this.pool = pool;
    this.#folder = join(workspace, 'thumbnails');
  }

  /** @throws UserError 'disk' */
  async keep(pictures: readonly (Pictured & { readonly thumbnail: Uint8Array })[]): Promise<void> {
    if (pictures.length === 0) return;
    const files = pictures.map((picture) => {
      return { file: this.#place(picture), bytes: picture.thumbnail };
    });
    await this.pool.run('store', { files, within: this.#workspace }, { turn: 'next' });
  }

  /** @throws UserError if the image's file is missing */
  async thumbnail(image: StoredPicture): Promise<Uint8Array> {
    const kept = await readFile(this.#place(image)).catch(() => undefined);
    if (kept !== undefined) return kept;
    const thumbnail = await this.pool.run('thumbnail', placeOf(image), runOptions(image));
    await this.keep([{ ...image, thumbnail }]);
    return thumbnail;
  }

  /** @throws UserError as `thumbnail` */
  async whole(image: StoredPicture): Promise<Uint8Array> {
    return this.pool.run('picture', placeOf(image), runOptions(image));
  }

  /**
   * Deletes all thumbnails and reduced levels of these contents: nothing of a patient outlives the projects that had
   * it.
   */
  async forget(contents: readonly Uint8Array[]): Promise<void> {
    const byFolder = Map.groupBy(
      contents.map((sha256) => Buffer.from(sha256).toString('hex')),
      (name) => name.slice(0, 2),
    );
    const roots = [this.#folder, join(this.#workspace, levelsFolder)];
    for (const [start, names, root] of [...byFolder].flatMap(([start, names]) =>
      roots.map((root) => [start, names, root] as const),
    )) {
      const folder = join(root, start);
      const wanted = new Set(names);
      const files = await readdir(folder).catch(() => []);
      for (const file of files) {
        if (wanted.has(file.slice(0, 64))) await rm(join(folder, file), { force: true });
      }
    }
  }

  #place({ sha256, frame, preparation }: Pictured): string {
    const content = Buffer.from(sha256).toString('hex');
    const slice = frame === undefined ? '' : `-${frame}`;
    const seen =
      preparation.range === 'auto' && !preparation.bands ? '' : `-${markOf(preparation)}`;
    // 256 folders, because some systems are slow with tens of thousands of files in one.
    return join(this.#folder, content.slice(0, 2), `${content}${slice}${seen}.jpg`);
  }
}

function placeOf({ path, frame, preparation }: StoredPicture): PictureRequest {
  return { path, frame, preparation };
}

/** Options for a picture that the user is waiting for. */
function runOptions({ path, frame }: StoredPicture): PoolRunOptions {
  return { subject: path, file: frame === undefined ? undefined : path, turn: 'now' };
}

/** Returns the suffix that distinguishes thumbnails of one image by bands and range. */
function markOf(preparation: WrittenPreparation): string {
  const { bands = [], range } = preparation;
  return createHash('sha256').update(`${bands.join()} ${range}`).digest('hex').slice(0, 8);
}
