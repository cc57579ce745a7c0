import { stat } from 'node:fs/promises';
import { isAbsolute, relative, sep } from 'node:path';
import { placeName } from '../../formats/labelled-images.ts';
import type { ImageProblem } from '../../formats/labelled-images.ts';
import type { Store } from '../../store/store.ts';
import { hasContent, stampOf } from './known-files.ts';

/** Where the images of a project lie, as an import of a folder finds them there. */
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
   * A known image that is no longer where it was has moved here; whether it has.
   *
   * @param sha256 of its content, where the file here was read: what lies at its old place may look alike
   */
  async relocate(
    id: number,
    place: { name: string; modified: number },
    sha256?: Uint8Array,
  ): Promise<boolean> {
    const { images } = this.#store;
    const { path, bytes, modified } = images.get(id);
    const found = await stat(path).catch(() => undefined);
    // Something may lie there, but something else: files that were swapped or renumbered.
    const isAlike = found?.size === bytes && Math.round(found.mtimeMs) === modified;
    // Or two of one size and time were exchanged, as slices of a series may be.
    if (isAlike && (sha256 === undefined || (await hasContent(path, sha256)))) return false;
    images.relocate([{ id, folder: this.#folder, name: place.name, modified: place.modified }]);
    return true;
  }

  /**
   * Images at whose place other content lies now. Their own may lie in a file that was known, and so not
   * read; gives those of which nothing is left.
   */
  async findElsewhere(gone: readonly number[]): Promise<number[]> {
    const { images, importFiles } = this.#store;
    const left = new Set(gone);
    for (const { id, frame, path, modified } of importFiles.elsewhere(this.#project, gone)) {
      const place = relative(this.#folder, path);
      const isInside = place !== '' && !place.startsWith('..') && !isAbsolute(place);
      if (!left.has(id) || !isInside || !(await stampOf(path))) continue;
      left.delete(id);
      const name = place.replaceAll(sep, '/') + (frame === null ? '' : `#${frame + 1}`);
      images.relocate([{ id, folder: this.#folder, name, modified }]);
    }
    return [...left];
  }

  /**
   * What a person has painted must not go with content that a program has only written anew. Returns what is
   * to be told of it.
   *
   * @param seen images that the import has found
   */
  carryMaskOver(gone: number, seen: ReadonlySet<number>): ImageProblem | undefined {
    const { images, masks } = this.#store;
    if (masks.get(gone, 'human') === undefined) return undefined;
    const path = placeName(images.get(gone));
    const successor = images.besides(gone).find((id) => seen.has(id));
    const isCarried = successor !== undefined && masks.carryOver(gone, successor);
    return {
      path,
      reason: isCarried
        ? 'its content has changed; it keeps the mask that it had, as a draft. Check whether it still fits'
        : 'its content has changed, and the mask that it had went with the old image',
    };
  }
}
