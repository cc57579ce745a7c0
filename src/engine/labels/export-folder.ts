import { readdir, rm, rmdir } from 'node:fs/promises';
import { dirname, isAbsolute, join, relative, resolve } from 'node:path';
import { UserError } from '../../core/errors.ts';
import { exportFolderMode, exportMode } from '../private-files.ts';
import { systemCode, writeFailure } from '../../formats/file-errors.ts';
import { makeFolder } from '../../formats/make-folder.ts';
import {
  composeFileAtomically,
  makeFileAtomically,
  writeFileAtomically,
  type Composition,
  type Journal,
  type Making,
  type WriteOptions,
} from '../../formats/write-file.ts';

/**
 * A folder for what is exported: the one that was asked for where it is new or empty, else a new one in it.
 * So nothing that lies there is ever replaced, least of all the masks that came with the images.
 */
export class ExportFolder {
  /** Absolute. */
  readonly path: string;
  /** Relative, with `/`, in the order in which they were written. */
  readonly files: string[] = [];
  /** Folders that were made for the export, each after the one that it lies in. */
  readonly #made: string[];

  readonly #options: WriteOptions;

  private constructor(path: string, made: readonly string[], journal: Journal | undefined) {
    this.path = path;
    this.#made = [...made];
    // Can be made again: waiting for the disk after each of thousands would take minutes.
    this.#options = { durable: false, mode: exportMode(), journal };
  }

  /**
   * @param inside name for a folder in it
   * @param journal told of files that are not whole yet
   * @throws UserError 'disk'
   */
  static async open(folder: string, inside: string, journal?: Journal): Promise<ExportFolder> {
    const asked = resolve(folder);
    for (let number = 0; ; number++) {
      const name = number < 2 ? inside : `${inside}-${number}`;
      const path = number === 0 ? asked : join(asked, name);
      if (!(await isFree(path))) continue;
      const made = await makeFolder(path, undefined, exportFolderMode());
      return new ExportFolder(path, made, journal);
    }
  }

  /** Writes a file as a whole or not at all. */
  async write(name: string, parts: Uint8Array | AsyncIterable<Uint8Array>): Promise<void> {
    const path = await this.#place(name);
    await writeFileAtomically(path, parts, this.#options);
    this.files.push(name);
  }

  /** As `write`, for files that are not written from the first byte to the last. */
  async compose(name: string, compose: Composition): Promise<void> {
    const path = await this.#place(name);
    await composeFileAtomically(path, compose, this.#options);
    this.files.push(name);
  }

  /** As `write`, for files that are made by others who open them. */
  async make(name: string, make: Making): Promise<void> {
    const path = await this.#place(name);
    await makeFileAtomically(path, make, this.#options);
    this.files.push(name);
  }

  /**
   * Takes back what was written, and the folders that were made for it: for an export that has nothing to say.
   *
   * @throws UserError 'disk'
   */
  async discard(): Promise<void> {
    try {
      for (const name of this.files.splice(0)) await rm(resolve(this.path, name), { force: true });
    } catch (error) {
      throw writeFailure(error, this.path);
    }
    for (const folder of this.#made.splice(0).reverse()) {
      // Somebody else may have put something there meanwhile, which stays.
      await rmdir(folder).catch(() => undefined);
    }
  }

  async #place(name: string): Promise<string> {
    const path = resolve(this.path, name);
    const inside = relative(this.path, path);
    if (inside.startsWith('..') || isAbsolute(inside)) {
      throw new UserError(
        'invalid-file',
        `${name} would lie outside ${this.path}. Rename the image.`,
      );
    }
    this.#made.push(...(await makeFolder(dirname(path), this.path, exportFolderMode())));
    return path;
  }
}

/** Not there, or without files but for those that systems put everywhere. */
async function isFree(path: string): Promise<boolean> {
  try {
    return (await readdir(path)).every((name) => name.startsWith('.'));
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return true;
    throw writeFailure(error, path);
  }
}
