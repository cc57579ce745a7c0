import { readdir, rm, rmdir } from 'node:fs/promises';
import { dirname, isAbsolute, join, relative, resolve } from 'node:path';
import { UserError } from '../../core/errors.ts';
import { exportFolderMode, exportMode } from '../files/private-files.ts';
import { systemCode, writeFailure } from '../../formats/files/file-errors.ts';
import { makeFolder } from '../../formats/files/make-folder.ts';
import {
  composeFileAtomically,
  makeFileAtomically,
  writeFileAtomically,
  type Composition,
  type Journal,
  type Making,
  type WriteOptions,
} from '../../formats/files/write-file.ts';
import { labelExportText } from '../../text/index.ts';

/**
 * Output folder of an export: the requested one if it is new or empty, else a new one inside it. Existing files are
 * never replaced, least of all masks that came with the images.
 */
export class ExportFolder {
  /** Absolute path. */
  readonly path: string;
  /** Paths of the written files, relative, with `/`, in order. */
  readonly files: string[] = [];
  /** Folders created for the export, parents first. */
  readonly #made: string[];

  readonly #options: WriteOptions;

  private constructor(path: string, made: readonly string[], journal: Journal | undefined) {
    this.path = path;
    this.#made = [...made];
    // Not flushed: the files can be recreated, and flushing each of thousands would take minutes.
    this.#options = { durable: false, mode: exportMode(), journal };
  }

  /**
   * Opens an output folder.
   *
   * @param inside name of the new folder inside a non-empty one
   * @param journal records unfinished files
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

  /** Writes a file completely or not at all. */
  async write(name: string, parts: Uint8Array | AsyncIterable<Uint8Array>): Promise<void> {
    const path = await this.#place(name);
    await writeFileAtomically(path, parts, this.#options);
    this.files.push(name);
  }

  /** Same as `write`, for files that are not written sequentially. */
  async compose(name: string, compose: Composition): Promise<void> {
    const path = await this.#place(name);
    await composeFileAtomically(path, compose, this.#options);
    this.files.push(name);
  }

  /** Same as `write`, for files that a library creates by path. */
  async make(name: string, make: Making): Promise<void> {
    const path = await this.#place(name);
    await makeFileAtomically(path, make, this.#options);
    this.files.push(name);
  }

  /**
   * Deletes the written files and the created folders, for an export without results.
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
      // Another program may have added files in the meantime; those stay.
      await rmdir(folder).catch(() => undefined);
    }
  }

  async #place(name: string): Promise<string> {
    const path = resolve(this.path, name);
    const inside = relative(this.path, path);
    if (inside.startsWith('..') || isAbsolute(inside)) {
      throw new UserError('invalid-file', labelExportText.outside(name, { folder: this.path }));
    }
    this.#made.push(...(await makeFolder(dirname(path), this.path, exportFolderMode())));
    return path;
  }
}

/** Returns true if a folder does not exist, or has only hidden files, which systems put everywhere. */
async function isFree(path: string): Promise<boolean> {
  try {
    return (await readdir(path)).every((name) => name.startsWith('.'));
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return true;
    throw writeFailure(error, path);
  }
}
