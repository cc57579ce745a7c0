import { stat } from 'node:fs/promises';
import { isAbsolute, relative, sep } from 'node:path';
import { placeName } from '../../../formats/labels/labelled-images.ts';
import type { ImageProblem } from '../../../formats/labels/labelled-images.ts';
import type { Store } from '../../../store/store.ts';
import { hasContent, readStamp } from './known-files.ts';
import { fileNoteText } from '../../../text/index.ts';

/** Paths of a project's images, updated by the import of a folder. */
export class ImportPlaces {
  readonly #store: Store;
  readonly #project: number;
  readonly #folder: string;

  constructor(store: Store, project: number, folder: string) {
    this.#store = store;
    this.#project = project;
    this.#folder = folder;
  }

  /**
   * Moves a known image to this folder if it is no longer at its old path; returns true if it moved.
   *
   * @param sha256 content of the file here, if it was read: the file at the old path may only look the same
   */
  async relocate(
    id: number,
    place: { name: string; modified: number },
    sha256?: Uint8Array,
  ): Promise<boolean> {
    const { images } = this.#store;
    const { path, bytes, modified } = images.get(id);
    const found = await stat(path).catch(() => undefined);
    // A different file may be at the old path, after swapping or renumbering files.
    const isAlike = found?.size === bytes && Math.round(found.mtimeMs) === modified;
    // Files of equal size and time may have been swapped, such as slices of a series.
    if (isAlike && (sha256 === undefined || (await hasContent(path, sha256)))) return false;
    images.relocate([{ id, folder: this.#folder, name: place.name, modified: place.modified }]);
    return true;
  }

  /**
   * Handles images whose path now has other content: their own content may be in a known file, which was not read.
   * Returns those that were not found.
   */
  async findElsewhere(gone: readonly number[]): Promise<number[]> {
    const { images, importFiles } = this.#store;
    const left = new Set(gone);
    for (const { id, frame, path, modified } of importFiles.elsewhere(this.#project, gone)) {
      const place = relative(this.#folder, path);
      const isInside = place !== '' && !place.startsWith('..') && !isAbsolute(place);
      if (!left.has(id) || !isInside || !(await readStamp(path))) continue;
      left.delete(id);
      const name = place.replaceAll(sep, '/') + (frame === null ? '' : `#${frame + 1}`);
      images.relocate([{ id, folder: this.#folder, name, modified }]);
    }
    return [...left];
  }

  /**
   * Keeps the user's mask when a program has only rewritten the image's file. Returns the problem to report.
   *
   * @param seen images that the import has found
   */
  carryMaskOver(gone: number, seen: ReadonlySet<number>): ImageProblem | undefined {
    const { images, masks } = this.#store;
    if (masks.get(gone, 'human') === undefined) return undefined;
    const path = placeName(images.get(gone));
    const successor = images.othersAtPlace(gone).find((id) => seen.has(id));
    const isCarried = successor !== undefined && masks.carryOver(gone, successor);
    return {
      path,
      reason: isCarried ? fileNoteText.changedWithMask : fileNoteText.changedWithoutMask,
    };
  }
}
