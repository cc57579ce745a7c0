import { resolve } from 'node:path';
import type { WatchedFolder } from '../../contract/app.ts';
import type { MaskImport } from '../../contract/mask-sources.ts';
import { UserError } from '../../core/errors.ts';
import { mapConcurrently } from '../../formats/concurrently.ts';
import { findImages } from '../../formats/image-folder.ts';
import { separateMasks, type MaskFolders } from '../../formats/mask-folders.ts';
import { findSegmentations } from '../../formats/masks/dicom-seg/read.ts';
import type { KeptWatch, WatchedLabel } from '../../store/queries/watched-folders.ts';
import type { Store } from '../../store/store.ts';
import type { WorkspaceOrigin } from '../workspace-origin.ts';
import type { Emit } from './dispatch.ts';
import type { ImageService } from './images.ts';
import { isUnchanged, lookAtFiles, stampOf, type FileStamp } from './known-files.ts';
import { requireNotOwn } from './own-files.ts';

/** How often, and for how long; ms. */
export interface WatchPace {
  /** Between two looks at a folder, at least. */
  readonly interval: number;
  /** So many times as long as a look takes, between two: a large folder on a slow disk is looked at less often. */
  readonly times: number;
  /** A file must have been as it is for so long: one that still grows is left alone. */
  readonly quiet: number;
  /** A file that cannot be read is tried again until it has been as it is for so long. */
  readonly patience: number;
}

const defaultPace: WatchPace = {
  interval: 5000,
  times: 30,
  quiet: 2000,
  patience: 60_000,
};

/** Files that are looked at together. */
const filesAtOnce = 256;

/** A file that came or was changed, and is not in yet. */
interface Arriving {
  readonly stamp: FileStamp;
  /** The same in words. */
  readonly mark: string;
  /** When it was first seen as it is; ms. */
  readonly since: number;
}

interface Watch extends KeptWatch {
  state: WatchedFolder['state'];
  message: string | null;
  added: number;
  arriving: Map<string, Arriving>;
  timer: NodeJS.Timeout | undefined;
}

/**
 * Folders whose new and changed files come in by themselves. A folder is looked through every few seconds,
 * by names, sizes and times: that sees the same on network drives, of whose changes the system tells
 * nothing, and needs nothing held for each file. What was looked at before and is as it was is left alone,
 * so an image that was taken out of the project does not come back, and a damaged file is told of once.
 * Where masks came with the folder, masks that come later are brought in by the same choice.
 */
export class FolderWatches {
  readonly #store: Store;
  readonly #images: ImageService;
  readonly #emit: Emit;
  readonly #pace: WatchPace;
  readonly #watches = new Map<string, Watch>();
  readonly #controller = new AbortController();
  /** One look at a time. */
  #looking: Promise<void> = Promise.resolve();

  constructor(store: Store, images: ImageService, emit: Emit, pace = defaultPace) {
    this.#store = store;
    this.#images = images;
    this.#emit = emit;
    this.#pace = pace;
  }

  /** Takes up what is kept. In a workspace from elsewhere each folder waits until a person agrees. */
  start(origin: WorkspaceOrigin): void {
    for (const kept of this.#store.watched.list()) {
      if (origin === 'here') this.#follow(kept, 0);
      else this.#watches.set(keyOf(kept.project, kept.folder), asleep(kept));
    }
  }

  /** A person agrees to a watch that waits. @throws UserError 'not-found' */
  resume(project: number, folder: string): void {
    const watch = this.#watches.get(keyOf(project, resolve(folder)));
    if (watch === undefined) {
      throw new UserError('not-found', `${folder} is not watched. Add it again to watch it.`);
    }
    if (watch.state !== 'asking') return;
    this.#follow(watch, 0);
    this.#emit('project.changed', { project });
  }

  list(project: number): WatchedFolder[] {
    return [...this.#watches.values()]
      .filter((watch) => watch.project === project)
      .map(({ folder, labels, state, message, added }) => ({
        ...{ folder, labels, state, message, added },
      }));
  }

  /** @param labels files with labels, as they were before the import that was brought in with them began */
  add(kept: KeptWatch, labels: readonly WatchedLabel[] = []): void {
    const watch = { ...kept, folder: resolve(kept.folder) };
    this.#store.transaction(() => {
      this.#store.watched.put(watch);
      this.#store.watched.noteLabels(watch.project, watch.folder, labels);
    });
    this.#follow(watch, this.#pace.interval);
    this.#emit('project.changed', { project: kept.project });
  }

  /** The files of a folder that masks come from, as they are now; none where it cannot be looked into. */
  async labelsIn(folder: string, { source }: MaskImport): Promise<WatchedLabel[]> {
    const { signal } = this.#controller;
    const found = await this.#imagesIn(folder).catch(() => undefined);
    if (found === undefined) return [];
    const segmentations = await findSegmentations(found.images, signal);
    const paths = [...labelFiles(found, source), ...segmentations.map(({ path }) => path)];
    const stamps = await mapConcurrently(paths, filesAtOnce, stampOf);
    // What comes while the import begins is looked at once more, which does no harm.
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

  /** A project is going. */
  removeProject(project: number): void {
    for (const [key, watch] of this.#watches) if (watch.project === project) this.#drop(key);
  }

  /** Resolves when nothing is looked at any more. */
  async close(): Promise<void> {
    this.#controller.abort();
    for (const key of [...this.#watches.keys()]) this.#drop(key);
    await this.#looking;
  }

  #follow(kept: KeptWatch, wait: number): void {
    const key = keyOf(kept.project, kept.folder);
    this.#drop(key);
    const watch: Watch = { ...asleep(kept), state: 'watching' };
    this.#watches.set(key, watch);
    this.#lookLater(watch, wait);
  }

  #drop(key: string): boolean {
    clearTimeout(this.#watches.get(key)?.timer);
    return this.#watches.delete(key);
  }

  #isFollowed(watch: Watch): boolean {
    return this.#watches.get(keyOf(watch.project, watch.folder)) === watch;
  }

  #lookLater(watch: Watch, wait: number): void {
    watch.timer = setTimeout(() => {
      this.#looking = this.#looking
        .then(() => this.#look(watch))
        .catch((error: unknown) => {
          // A defect ends this watch, not the engine.
          console.error(error);
        });
    }, wait);
    watch.timer.unref();
  }

  async #look(watch: Watch): Promise<void> {
    if (!this.#isFollowed(watch)) return;
    const start = performance.now();
    // A person's own import sees what came as well.
    if (!this.#images.isImporting(watch.project)) await this.#lookNow(watch);
    if (!this.#isFollowed(watch)) return;
    const { interval, times } = this.#pace;
    this.#lookLater(watch, Math.max(interval, times * (performance.now() - start)));
  }

  async #lookNow(watch: Watch): Promise<void> {
    try {
      const ready = await this.#arrived(watch);
      if (ready.size > 0) await this.#takeIn(watch, ready);
      this.#say(watch, 'watching', null);
    } catch (error) {
      if (this.#controller.signal.aborted) return;
      if (!(error instanceof UserError)) throw error;
      const { code, message } = error;
      // A person's own import came first.
      if (code === 'cancelled' || code === 'in-use') return;
      this.#say(watch, code === 'not-found' || code === 'disk' ? 'missing' : 'failed', message);
    }
  }

  /** Files that came or changed, and have been as they are for a while. */
  async #arrived(watch: Watch): Promise<Set<string>> {
    const arriving = new Map<string, Arriving>();
    const ready = new Set<string>();
    const found = await this.#imagesIn(watch.folder);
    const labels = labelFiles(found, watch.masks?.source).map((path) => ({ path }));
    const files = [...found.images, ...labels];
    const seen = this.#store.watched.labels(watch.project, watch.folder);
    for (let from = 0; from < files.length; from += filesAtOnce) {
      this.#controller.signal.throwIfAborted();
      const part = files.slice(from, from + filesAtOnce);
      for (const looked of await lookAtFiles(this.#store, watch.project, part)) {
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

  /** An empty folder is one that something may come into. */
  async #imagesIn(folder: string): Promise<Pick<MaskFolders, 'images' | 'masks'>> {
    const except = await requireNotOwn(this.#store.folder, folder);
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

  async #takeIn(watch: Watch, ready: ReadonlySet<string>): Promise<void> {
    const { project, folder, labels, masks } = watch;
    // It may have been stopped, or an import begun, while the folder was looked through.
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
    // Whoever stopped it has begun an import, which sees them as well.
    if (!this.#isFollowed(watch) || signal.aborted) return;
    await this.#noteLabels(
      watch,
      [...ready].filter((path) => !later.has(path)),
    );
  }

  /** What came and is no image: it is not looked at again until it changes. */
  async #noteLabels(watch: Watch, ready: readonly string[]): Promise<void> {
    const { project, folder } = watch;
    const files = ready.map((path) => ({ path }));
    const looked = await lookAtFiles(this.#store, project, files);
    const labels = looked.flatMap((one): WatchedLabel[] => {
      const stamp = watch.arriving.get(one.file.path)?.stamp;
      return stamp && !isUnchanged(one) ? [{ path: one.file.path, ...stamp }] : [];
    });
    if (this.#isFollowed(watch)) this.#store.watched.noteLabels(project, folder, labels);
  }

  /** Says once what a watch is at. */
  #say(watch: Watch, state: Watch['state'], message: string | null): void {
    if (watch.state === state && watch.message === message) return;
    watch.state = state;
    watch.message = message;
    if (this.#isFollowed(watch)) this.#emit('project.changed', { project: watch.project });
  }
}

/** Files of masks beside images, and the one that masks come from where it is one. */
function labelFiles(
  { masks }: Pick<MaskFolders, 'masks'>,
  source: MaskImport['source'] | undefined,
): string[] {
  if (source === undefined) return [];
  const isFolder =
    source.kind === 'masks' || source.kind === 'beside' || source.kind === 'dicom-seg';
  return isFolder ? masks.map(({ path }) => path) : [resolve(source.path)];
}

/** A watch that looks at nothing yet. */
function asleep({ project, folder, labels, masks }: KeptWatch): Watch {
  return {
    ...{ project, folder, labels, masks },
    ...{ state: 'asking', message: null, added: 0 },
    ...{ arriving: new Map(), timer: undefined },
  };
}

function markOf({ bytes, modified, inode }: FileStamp): string {
  return `${bytes} ${modified} ${inode}`;
}

function keyOf(project: number, folder: string): string {
  return `${project} ${folder}`;
}
