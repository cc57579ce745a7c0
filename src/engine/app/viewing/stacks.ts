import { posix } from 'node:path';
import { UserError } from '../../../core/errors.ts';
import { mapConcurrently } from '../../../formats/files/concurrently.ts';
import { openImage } from '../../../formats/raster/open.ts';
import type { StoredImage } from '../../../store/queries/images.ts';
import type { Store } from '../../../store/store.ts';

/** Number of files whose headers are read concurrently. */
const filesAtOnce = 4;
/** Maximum number of files of a folder to examine: a longer series is not useful for scrolling. */
const most = 4000;
/** Number of files whose membership is cached. */
const remembered = 20_000;

/**
 * Series and position from a file's header. Kept in memory only: identities of a patient's series are never stored.
 */
interface Membership {
  readonly series: string | null;
  readonly position: number | null;
}

/** Finds the slices of one stack: frames of a file, or single-slice files of one DICOM series. */
export class Stacks {
  readonly #store: Store;
  /** Memberships by image id. */
  readonly #known = new Map<number, Membership>();

  constructor(store: Store) {
    this.#store = store;
  }

  /** @returns ids in slice order; for a single image, only its own id */
  async of(image: StoredImage, signal: AbortSignal): Promise<number[]> {
    if (image.frame !== undefined) {
      return this.#store.images.framesOf(image.project, image.sha256);
    }
    const own = await this.#membership(image);
    if (own.series === null) return [image.id];
    const folder = posix.dirname(image.name);
    const alike = this.#store.images
      .alike(image)
      .filter(({ name }) => posix.dirname(name) === folder)
      .slice(0, most);
    const found = await mapConcurrently(
      alike,
      filesAtOnce,
      async (one) => ({ id: one.id, ...(await this.#membership(one)) }),
      signal,
    );
    const slices = found.filter(({ series }) => series === own.series);
    // Initially sorted by name; that order stays if positions are missing.
    const isPlaced = slices.every(({ position }) => position !== null);
    if (isPlaced) slices.sort((one, other) => (one.position ?? 0) - (other.position ?? 0));
    return slices.map(({ id }) => id);
  }

  async #membership({ id, path }: Pick<StoredImage, 'id' | 'path'>): Promise<Membership> {
    const known = this.#known.get(id);
    if (known !== undefined) return known;
    const read = await membershipOf(path);
    if (this.#known.size >= remembered) this.#known.clear();
    this.#known.set(id, read);
    return read;
  }
}

async function membershipOf(path: string): Promise<Membership> {
  const none = { series: null, position: null };
  try {
    const file = await openImage(path);
    await file.close();
    const { series = null, position = null } = file.header.grouping ?? {};
    return { series, position };
  } catch (error) {
    if (error instanceof UserError) return none;
    throw error;
  }
}
