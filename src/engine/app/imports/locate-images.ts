import { stat } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import type { LocateReport, MissingImages } from '../../../contract/app.ts';
import { UserError } from '../../../core/errors.ts';
import { mapConcurrently } from '../../../formats/files/concurrently.ts';
import { hashOfFile } from '../../../formats/files/file-hash.ts';
import { findImages } from '../../../formats/image-folder.ts';
import type { FileLocation, StoredImage } from '../../../store/queries/images.ts';
import type { Store } from '../../../store/store.ts';
import { readStamp } from './known-files.ts';
import { commonText } from '../../../text/index.ts';

/** Number of concurrent calls of `stat`, and of concurrently read files. */
const statsAtOnce = 32;
const readsAtOnce = 4;

type Move = FileLocation & { readonly id: number };

/** An image whose file is missing. */
interface Missing {
  readonly image: StoredImage;
  /** Name of its file, relative to the folder, with `/`. */
  readonly name: string;
}

/** Missing images of projects: lists them and finds them in another folder. */
export class ImageLocator {
  readonly #store: Store;
  readonly #changed: (project: number) => void;
  /** Paths before the latest search, by project, for undo. */
  readonly #before = new Map<number, readonly Move[]>();

  /** @param changed called with a project whose images have new paths */
  constructor(store: Store, changed: (project: number) => void) {
    this.#store = store;
    this.#changed = changed;
  }

  /** Returns the number of missing images per folder, the largest first. */
  async missing(project: number, signal?: AbortSignal): Promise<MissingImages> {
    const folders = new Map<string, { missing: number; images: number }>();
    const images = [...this.#store.images.all(project)];
    const isThere = await areThere(images, signal);
    for (const { folder, path } of images) {
      const counts = folders.get(folder) ?? { missing: 0, images: 0 };
      folders.set(folder, counts);
      counts.images++;
      if (!isThere.has(path)) counts.missing++;
    }
    const all = [...folders].map(([folder, counts]) => ({ folder, ...counts }));
    const lacking = all.filter(({ missing }) => missing > 0);
    return {
      images: lacking.reduce((sum, { missing }) => sum + missing, 0),
      folders: lacking.sort((one, other) => other.missing - one.missing),
    };
  }

  /**
   * Searches another folder for the missing images of a project, or of one of its folders: by relative path, size and
   * time, then by content. All found images get their new paths in one transaction; the others stay unchanged.
   *
   * @throws UserError 'not-found' without the folder, 'cancelled', and as `findImages`
   */
  async locate(
    project: number,
    from: string | null,
    to: string,
    signal: AbortSignal,
  ): Promise<LocateReport> {
    const folder = resolve(to);
    const all = [...this.#store.images.all(project)];
    const asked = from === null ? all : all.filter((image) => image.folder === from);
    const isThere = await areThere(asked, signal);
    const missing = asked
      .filter(({ path }) => !isThere.has(path))
      .map((image) => ({ image, name: fileName(image) }));
    const byPlace = await this.#byPlace(missing, folder, signal);
    const found = new Set(byPlace.map(({ id }) => id));
    const rest = missing.filter(({ image }) => !found.has(image.id));
    const byContent = rest.length === 0 ? [] : await this.#byContent(rest, folder, signal);
    requireOn(signal);
    const moves = [...byPlace, ...byContent];
    const places = new Map(
      asked.map(({ id, folder, name, modified }) => [id, { folder, name, modified }]),
    );
    this.#write(project, moves);
    if (moves.length > 0) {
      const before = moves.flatMap(({ id }) => {
        const place = places.get(id);
        return place === undefined ? [] : [{ id, ...place }];
      });
      this.#before.set(project, before);
    }
    return {
      folder,
      missing: missing.length,
      found: moves.length,
      byContent: byContent.length,
      renamed: byContent.filter(
        ({ id, name }) => basename(name) !== basename(places.get(id)?.name ?? ''),
      ).length,
      first: missing.find(({ image }) => !moves.some(({ id }) => id === image.id))?.name ?? null,
    };
  }

  /** Undoes the latest search; returns the number of images that got their old paths back. */
  undo(project: number): number {
    const before = this.#before.get(project) ?? [];
    this.#before.delete(project);
    const there = new Set([...this.#store.images.all(project)].map(({ id }) => id));
    const moves = before.filter(({ id }) => there.has(id));
    this.#write(project, moves);
    return moves.length;
  }

  #write(project: number, moves: readonly Move[]): void {
    if (moves.length === 0) return;
    this.#store.images.relocate(moves);
    this.#changed(project);
  }

  async #byPlace(
    missing: readonly Missing[],
    folder: string,
    signal: AbortSignal,
  ): Promise<Move[]> {
    const matches = new Map<string, Promise<number | undefined>>();
    const moves = await mapConcurrently(missing, statsAtOnce, async ({ image, name }) => {
      requireOn(signal);
      // Slices of one file share one check.
      const path = join(folder, name);
      const key = `${path}\n${hex(image.sha256)}`;
      const match = matches.get(key) ?? matchAt(path, image);
      matches.set(key, match);
      const modified = await match;
      return modified === undefined ? [] : [{ id: image.id, folder, name: image.name, modified }];
    });
    return moves.flat();
  }

  /** Matches by content, reading only files whose size occurs among the missing images. */
  async #byContent(
    missing: readonly Missing[],
    folder: string,
    signal: AbortSignal,
  ): Promise<Move[]> {
    const sizes = new Set(missing.map(({ image }) => image.bytes));
    const files = await filesOf(folder, signal);
    const stamps = await mapConcurrently(files, statsAtOnce, async (file) => {
      requireOn(signal);
      const stamp = await readStamp(file.path);
      return stamp !== null && sizes.has(stamp.bytes) ? [{ ...file, ...stamp }] : [];
    });
    const places = new Map<string, { name: string; modified: number }>();
    await mapConcurrently(stamps.flat(), readsAtOnce, async ({ path, name, modified }) => {
      requireOn(signal);
      const hash = await hashOfFile(path).catch(() => undefined);
      if (hash !== undefined && !places.has(hex(hash))) places.set(hex(hash), { name, modified });
    });
    return missing.flatMap(({ image }) => {
      const place = places.get(hex(image.sha256));
      if (place === undefined) return [];
      const slice = image.frame === undefined ? '' : `#${image.frame + 1}`;
      return [{ id: image.id, folder, name: place.name + slice, modified: place.modified }];
    });
  }
}

/**
 * Lists the files of a folder; none if it has no images.
 *
 * @throws UserError as `findImages` otherwise
 */
async function filesOf(
  folder: string,
  signal: AbortSignal,
): Promise<{ readonly path: string; readonly name: string }[]> {
  try {
    return await findImages(folder, {}, signal);
  } catch (error) {
    if (error instanceof UserError && error.code === 'no-images') return [];
    throw error;
  }
}

/**
 * Returns the modification time (ms since 1970) of a file that matches an image; read only if its time differs.
 */
async function matchAt(path: string, image: StoredImage): Promise<number | undefined> {
  const stamp = await readStamp(path);
  if (stamp?.bytes !== image.bytes) return undefined;
  if (stamp.modified === Math.round(image.modified)) return stamp.modified;
  const hash = await hashOfFile(path).catch(() => undefined);
  return hash !== undefined && hex(hash) === hex(image.sha256) ? stamp.modified : undefined;
}

/** Paths of the images whose files exist. */
async function areThere(
  images: readonly StoredImage[],
  signal?: AbortSignal,
): Promise<ReadonlySet<string>> {
  const paths = [...new Set(images.map(({ path }) => path))];
  const found = await mapConcurrently(paths, statsAtOnce, async (path) => {
    if (signal) requireOn(signal);
    return (await stat(path).catch(() => undefined)) === undefined ? [] : [path];
  });
  return new Set(found.flat());
}

function fileName({ name, frame }: StoredImage): string {
  return frame === undefined ? name : name.replace(/#\d+$/, '');
}

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex');
}

function requireOn(signal: AbortSignal): void {
  if (signal.aborted) throw new UserError('cancelled', commonText.stopped);
}
