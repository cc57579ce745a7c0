import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { readImage } from '../../formats/images.ts';
import { encodePicture } from '../../formats/pictures.ts';
import { makeFolder } from '../../formats/make-folder.ts';
import { writeFileAtomically } from '../../formats/write-file.ts';
import { thumbnailSide } from './import-images.ts';

/** px; more than most screens show of one image. */
const wholeSide = 2048;

/**
 * Pictures of images for the window. Thumbnails are files in the workspace, named by the content of the
 * image they show, so nothing of a patient is in their names; a lost one is drawn again.
 */
export class Pictures {
  readonly #workspace: string;
  readonly #folder: string;

  constructor(workspace: string) {
    this.#workspace = workspace;
    this.#folder = join(workspace, 'thumbnails');
  }

  async keep(sha256: Uint8Array, thumbnail: Uint8Array): Promise<void> {
    const { folder, file } = this.#place(sha256);
    await makeFolder(folder, this.#workspace);
    await writeFileAtomically(file, thumbnail, { durable: false });
  }

  /** @throws UserError when the image is no longer where it was */
  async thumbnail(sha256: Uint8Array, path: string): Promise<Uint8Array> {
    const { file } = this.#place(sha256);
    const kept = await readFile(file).catch(() => undefined);
    if (kept !== undefined) return kept;
    const drawn = await encodePicture(await readImage({ path }), thumbnailSide, 80);
    await this.keep(sha256, drawn);
    return drawn;
  }

  /** @throws UserError as `thumbnail` */
  async whole(path: string): Promise<Uint8Array> {
    return encodePicture(await readImage({ path }), wholeSide, 92);
  }

  #place(sha256: Uint8Array): { folder: string; file: string } {
    const name = Buffer.from(sha256).toString('hex');
    // 256 folders: tens of thousands of files in one are slow on some systems.
    const folder = join(this.#folder, name.slice(0, 2));
    return { folder, file: join(folder, `${name}.webp`) };
  }
}
