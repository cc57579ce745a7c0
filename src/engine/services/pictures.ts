import { createHash } from 'node:crypto';
import { readFile, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { WrittenPreparation } from '../../contract/jobs.ts';
import { preparationOf } from '../../core/image/preparation.ts';
import { readImage } from '../../formats/images.ts';
import { encodePicture } from '../../formats/pictures.ts';
import { makeFolder } from '../../formats/make-folder.ts';
import { writeFileAtomically } from '../../formats/write-file.ts';
import { thumbnailSide } from './import-images.ts';
import { levelsFolder } from './level-cache.ts';

/** px; more than most screens show of one image. */
const wholeSide = 2048;

/** What a picture shows. */
export interface Pictured {
  /** Of the file. */
  readonly sha256: Uint8Array;
  readonly frame?: number | undefined;
  readonly preparation: WrittenPreparation;
}

export interface StoredPicture extends Pictured {
  readonly path: string;
}

/**
 * Pictures of images for the window, as the project's model sees them. Thumbnails are files in the workspace, named by the content of the
 * image they show, so nothing of a patient is in their names; a lost one is drawn again.
 */
export class Pictures {
  readonly #workspace: string;
  readonly #folder: string;

  constructor(workspace: string) {
    this.#workspace = workspace;
    this.#folder = join(workspace, 'thumbnails');
  }

  async keep(picture: Pictured, thumbnail: Uint8Array): Promise<void> {
    const { folder, file } = this.#place(picture);
    await makeFolder(folder, this.#workspace);
    await writeFileAtomically(file, thumbnail, { durable: false });
  }

  /** @throws UserError when the image is no longer where it was */
  async thumbnail(image: StoredPicture): Promise<Uint8Array> {
    const { file } = this.#place(image);
    const kept = await readFile(file).catch(() => undefined);
    if (kept !== undefined) return kept;
    const drawn = await draw(image, thumbnailSide, 80);
    await this.keep(image, drawn);
    return drawn;
  }

  /** @throws UserError as `thumbnail` */
  async whole(image: StoredPicture): Promise<Uint8Array> {
    return draw(image, wholeSide, 92);
  }

  /** Removes all thumbnails and reduced levels of these contents: nothing of a patient outlives the projects that had it. */
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

  #place({ sha256, frame, preparation }: Pictured): { folder: string; file: string } {
    const content = Buffer.from(sha256).toString('hex');
    const slice = frame === undefined ? '' : `-${frame}`;
    const seen =
      preparation.range === 'auto' && !preparation.bands ? '' : `-${markOf(preparation)}`;
    // 256 folders: tens of thousands of files in one are slow on some systems.
    const folder = join(this.#folder, content.slice(0, 2));
    return { folder, file: join(folder, `${content}${slice}${seen}.webp`) };
  }
}

async function draw(
  { preparation, ...place }: StoredPicture,
  side: number,
  quality: number,
): Promise<Uint8Array> {
  return encodePicture(await readImage(place, preparationOf(preparation)), side, quality);
}

/** Tells thumbnails of one image apart that show different bands or ranges of it. */
function markOf(preparation: WrittenPreparation): string {
  const { bands = [], range } = preparation;
  return createHash('sha256').update(`${bands.join()} ${range}`).digest('hex').slice(0, 8);
}
