import { resolve } from 'node:path';
import type { WatchedFolder } from '../../../contract/app.ts';
import type { MaskImport } from '../../../contract/mask-sources.ts';
import { UserError } from '../../../core/errors.ts';
import { mapConcurrently } from '../../../formats/files/concurrently.ts';
import { findImages } from '../../../formats/image-folder.ts';
import { separateMasks, type MaskFolders } from '../../../formats/labels/mask-folders.ts';
import { findSegmentations } from '../../../formats/masks/dicom-seg/read.ts';
import type { StoredWatch, WatchedLabel } from '../../../store/queries/watched-folders.ts';
import type { Store } from '../../../store/store.ts';
import type { WorkspaceOrigin } from '../../files/workspace-origin.ts';
import type { Emit } from '../../events.ts';
import type { ImageService } from './images.ts';
import { isUnchanged, compareFiles, readStamp, type FileStamp } from './known-files.ts';
import { requireNotWorkspace } from './workspace-folder.ts';
import { folderImportText } from '../../../text/index.ts';

/** Timing of folder watches, ms. */
export interface WatchPace {
  /** Minimum time between two scans of a folder. */
  readonly interval: number;
  /**
   * Minimum time between two scans, as a multiple of a scan's duration: a large folder on a slow disk is scanned less
   * often.
   */
  readonly times: number;
  /** Time for which a file must be unchanged: a file that still grows is not imported yet. */
  readonly quiet: number;
  /** Time for which an unreadable file must be unchanged before it is no longer retried. */
  readonly patience: number;
}

const defaultPace: WatchPace = {
  interval: 5000,
  times: 30,
  quiet: 2000,
  patience: 60_000,
};

/** Number of files checked together. */
const filesAtOnce = 256;

/** A new or changed file that is not imported yet. */
interface ArrivingFile {
  readonly stamp: FileStamp;
  /** Text form of the stamp. */
  readonly mark: string;
  /** Time when this state was first seen, ms. */
  readonly since: number;
}

interface Watch extends StoredWatch {
  state: WatchedFolder['state'];
  message: string | null;
  added: number;
  arriving: Map<string, ArrivingFile>;
  timer: NodeJS.Timeout | undefined;
}

/**
 * Watched folders, whose new and changed files are imported automatically. A folder is scanned every few seconds by
 * names, sizes and times: this also works on network drives, which report no changes, and needs no handle per file.
 * Unchanged known files are ignored, so an image that was removed from the project does not come back, and a damaged
 * file is reported once. If masks were imported with the folder, later masks are imported by the same assignment.
 */
export class FolderWatches {
  readonly #store: Store;
  readonly #images: ImageService;
  readonly #emit: Emit;
  readonly #pace: WatchPace;
  readonly #watches = new Map<string, Watch>();
  readonly #controller = new AbortController();
  /** Current scan; one at a time. */
  #scanning: Promise<void> = Promise.resolve();

  constructor(store: Store, images: ImageService, emit: Emit, pace = defaultPace) {
    this.#store = store;
    this.#images = images;
    this.#emit = emit;
    this.#pace = pace;
  }

  /** Starts the stored watches. In a workspace from elsewhere each folder waits for the user's consent. */
  start(origin: WorkspaceOrigin): void {
    for (const kept of this.#store.watched.list()) {
      if (origin === 'here') this.#follow(kept, 0);
      else this.#watches.set(keyOf(kept.project, kept.folder), inactiveWatch(kept));
    }
  }

  /**
   * Starts a watch that waits for consent.
   *
   * @throws UserError 'not-found'
   */
  resume(project: number, folder: string): void {
    const watch = this.#watches.get(keyOf(project, resolve(folder)));
    if (watch === undefined) {
      throw new UserError('not-found', folderImportText.notWatched(folder));
    }
    if (watch.state !== 'asking') return;
    this.#follow(watch, 0);
    this.#emit('project.changed', { project });
  }

  list(project: number): WatchedFolder[] {
    return [...this.#watches.values()]
      .filter((watch) => watch.project === project)
      .map(({ folder, labels, state, message, added }) => ({
        folder,
        labels,
        state,
        message,
        added,
      }));
  }

  /** @param labels states of the label files before the import that included them */
  add(kept: StoredWatch, labels: readonly WatchedLabel[] = []): void {
    const watch = { ...kept, folder: resolve(kept.folder) };
    this.#store.transaction(() => {
      this.#store.watched.put(watch);
      this.#store.watched.noteLabels(watch.project, watch.folder, labels);
    });
    this.#follow(watch, this.#pace.interval);
    this.#emit('project.changed', { project: kept.project });
  }

  /** Returns the current states of a folder's mask files; empty if the folder cannot be read. */
  async labelsIn(folder: string, { source }: MaskImport): Promise<WatchedLabel[]> {
    const { signal } = this.#controller;
    const found = await this.#imagesIn(folder).catch(() => undefined);
    if (found === undefined) return [];
    const segmentations = await findSegmentations(found.images, signal);
    const paths = [...labelFiles(found, source), ...segmentations.map(({ path }) => path)];
    const stamps = await mapConcurrently(paths, filesAtOnce, readStamp);
    // Files that appear while the import begins are processed once more, which is harmless.
    return paths.flatMap((path, index) => {
      const stamp = stamps[index];
      return stamp ? [{ path, ...stamp }] : [];
    });
  }

  remove(project: number, folder: string): void {
    const path = resolve(folder);
    this.#store.watched.remove(project, path);
    if (this.#drop(keyOf(project, path))) this.#emit('project.changed', { project });
  }

  /** Drops the watches of a project that is being removed. */
  removeProject(project: number): void {
    for (const [key, watch] of this.#watches) if (watch.project === project) this.#drop(key);
  }

  /** Stops all watches; resolves when no scan is running. */
  async close(): Promise<void> {
    this.#controller.abort();
    for (const key of [...this.#watches.keys()]) this.#drop(key);
    await this.#scanning;
  }

  #follow(kept: StoredWatch, wait: number): void {
    const key = keyOf(kept.project, kept.folder);
    this.#drop(key);
    const watch: Watch = { ...inactiveWatch(kept), state: 'watching' };
    this.#watches.set(key, watch);
    this.#scheduleScan(watch, wait);
  }

  #drop(key: string): boolean {
    clearTimeout(this.#watches.get(key)?.timer);
    return this.#watches.delete(key);
  }

  #isFollowed(watch: Watch): boolean {
    return this.#watches.get(keyOf(watch.project, watch.folder)) === watch;
  }

  #scheduleScan(watch: Watch, wait: number): void {
    watch.timer = setTimeout(() => {
      this.#scanning = this.#scanning
        .then(() => this.#scan(watch))
        .catch((error: unknown) => {
          // A defect ends this watch, not the engine.
          console.error(error);
        });
    }, wait);
    watch.timer.unref();
  }

  async #scan(watch: Watch): Promise<void> {
    if (!this.#isFollowed(watch)) return;
    const start = performance.now();
    // An import that the user started reads new files as well.
    if (!this.#images.isImporting(watch.project)) await this.#scanNow(watch);
    if (!this.#isFollowed(watch)) return;
    const { interval, times } = this.#pace;
    this.#scheduleScan(watch, Math.max(interval, times * (performance.now() - start)));
  }

  async #scanNow(watch: Watch): Promise<void> {
    try {
      const ready = await this.#readyFiles(watch);
      if (ready.size > 0) await this.#importReady(watch, ready);
      this.#setState(watch, 'watching', null);
    } catch (error) {
      if (this.#controller.signal.aborted) return;
      if (!(error instanceof UserError)) throw error;
      const { code, message } = error;
      // An import that the user started came first.
      if (code === 'cancelled' || code === 'in-use') return;
      this.#setState(
        watch,
        code === 'not-found' || code === 'disk' ? 'missing' : 'failed',
        message,
      );
    }
  }

  /** Returns the new or changed files that have been unchanged for a while. */
  async #readyFiles(watch: Watch): Promise<Set<string>> {
    const arriving = new Map<string, ArrivingFile>();
    const ready = new Set<string>();
    const found = await this.#imagesIn(watch.folder);
    const labels = labelFiles(found, watch.masks?.source).map((path) => ({ path }));
    const files = [...found.images, ...labels];
    const seen = this.#store.watched.labels(watch.project, watch.folder);
    for (let from = 0; from < files.length; from += filesAtOnce) {
      this.#controller.signal.throwIfAborted();
      const part = files.slice(from, from + filesAtOnce);
      for (const looked of await compareFiles(this.#store, watch.project, part)) {
        const { file, stamp } = looked;
        if (stamp === null || isUnchanged(looked)) continue;
        const mark = markOf(stamp);
        const label = seen.get(file.path);
        if (label !== undefined && markOf(label) === mark) continue;
        const before = watch.arriving.get(file.path);
        const one = before?.mark === mark ? before : { mark, stamp, since: performance.now() };
        arriving.set(file.path, one);
        if (performance.now() - one.since >= this.#pace.quiet) ready.add(file.path);
      }
    }
    watch.arriving = arriving;
    return ready;
  }

  /** Images of a folder; an empty folder is valid, because files may come. */
  async #imagesIn(folder: string): Promise<Pick<MaskFolders, 'images' | 'masks'>> {
    const except = await requireNotWorkspace(this.#store.folder, folder);
    try {
      const found = await findImages(folder, { except }, this.#controller.signal);
      return separateMasks(found);
    } catch (error) {
      if (error instanceof UserError && error.code === 'no-images') {
        return { images: [], masks: [] };
      }
      throw error;
    }
  }

  async #importReady(watch: Watch, ready: ReadonlySet<string>): Promise<void> {
    const { project, folder, labels, masks } = watch;
    // The watch may have been stopped, or an import started, during the scan.
    if (!this.#isFollowed(watch) || this.#images.isImporting(project)) return;
    const before = this.#store.imports.list(project).find((one) => one.folder === folder)?.added;
    const later = new Set<string>();
    const only = {
      has: (path: string): boolean => ready.has(path),
      putOff: (path: string): boolean => {
        const { since = 0 } = watch.arriving.get(path) ?? {};
        const isLater = performance.now() - since < this.#pace.patience;
        if (isLater) later.add(path);
        return isLater;
      },
    };
    const { signal } = this.#controller;
    const report = await this.#images.import(project, folder, labels, signal, { only, masks });
    watch.added += report.added - (before ?? 0);
    // An import was started in the meantime; it reads these files as well.
    if (!this.#isFollowed(watch) || signal.aborted) return;
    await this.#noteLabels(
      watch,
      [...ready].filter((path) => !later.has(path)),
    );
  }

  /** Records new files that are not images, so that they are ignored until they change. */
  async #noteLabels(watch: Watch, ready: readonly string[]): Promise<void> {
    const { project, folder } = watch;
    const files = ready.map((path) => ({ path }));
    const looked = await compareFiles(this.#store, project, files);
    const labels = looked.flatMap((one): WatchedLabel[] => {
      const stamp = watch.arriving.get(one.file.path)?.stamp;
      return stamp && !isUnchanged(one) ? [{ path: one.file.path, ...stamp }] : [];
    });
    if (this.#isFollowed(watch)) this.#store.watched.noteLabels(project, folder, labels);
  }

  /** Updates the state of a watch, and reports changes. */
  #setState(watch: Watch, state: Watch['state'], message: string | null): void {
    if (watch.state === state && watch.message === message) return;
    watch.state = state;
    watch.message = message;
    if (this.#isFollowed(watch)) this.#emit('project.changed', { project: watch.project });
  }
}

/** Returns the mask files next to images, or the single file that contains the masks. */
function labelFiles(
  { masks }: Pick<MaskFolders, 'masks'>,
  source: MaskImport['source'] | undefined,
): string[] {
  if (source === undefined) return [];
  const isFolder =
    source.kind === 'masks' || source.kind === 'beside' || source.kind === 'dicom-seg';
  return isFolder ? masks.map(({ path }) => path) : [resolve(source.path)];
}

/** Returns a watch that does not scan yet. */
function inactiveWatch({ project, folder, labels, masks }: StoredWatch): Watch {
  return {
    project,
    folder,
    labels,
    masks,
    state: 'asking',
    message: null,
    added: 0,
    arriving: new Map(),
    timer: undefined,
  };
}

function markOf({ bytes, modified, inode }: FileStamp): string {
  return `${bytes} ${modified} ${inode}`;
}

function keyOf(project: number, folder: string): string {
  return `${project} ${folder}`;
}
