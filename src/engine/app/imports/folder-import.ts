import { resolve } from 'node:path';
import type { ImportReport, Project, LabelSource } from '../../../contract/app.ts';
import type { MaskImport, WatchedMasks } from '../../../contract/mask-sources.ts';
import { UserError } from '../../../core/errors.ts';
import { expandFrames } from '../../../formats/frames.ts';
import type { PassedOver } from '../../../formats/image-folder.ts';
import { placeName } from '../../../formats/labels/labelled-images.ts';
import type { FoundImage, ImageProblem } from '../../../formats/labels/labelled-images.ts';
import { maskProblems } from '../../../formats/labels/mask-folders.ts';
import type { Store } from '../../../store/store.ts';
import type { Emit } from '../../events.ts';
import { FilesSetAside } from './files-set-aside.ts';
import type { SomeFiles } from './files-set-aside.ts';
import { requireNames, requireFolder, requireLabelsOfTask } from './import-checks.ts';
import { listFolder, readFramesIn, readInChunks, readLabelsIn } from './import-images.ts';
import type { ImageToImport, ListedFolder, ReadChunk, ReadImage } from './import-images.ts';
import { ImportLabels } from './import-labels.ts';
import { ImportMasks } from './import-masks.ts';
import { ImportPlaces } from './import-places.ts';
import { ImportRecord } from './import-record.ts';
import { withoutLabelFiles, withoutLabels } from './without-labels.ts';
import { imagesOf, isInProject, compareFiles, readStamp } from './known-files.ts';
import type { ComparedFile } from './known-files.ts';
import type { MaskSources } from './mask-sources.ts';
import { requireNotWorkspace } from './workspace-folder.ts';
import type { Pictures } from '../viewing/pictures.ts';
import { findSecret, newSecret, secretProblem } from './workspace-secret.ts';

/** Files checked and expanded together. */
const filesAtOnce = 256;
/** Most non-image files recorded per import; further ones are dropped. */
const keptOthers = 10_000;

export interface FolderImportOptions {
  /** Hook that modifies the found images before they are imported. */
  readonly prepare?: (images: ImageToImport[]) => ImageToImport[];
  /** Files to import; all by default. */
  readonly only?: SomeFiles | undefined;
  /** Masks to import; none by default. `WatchedMasks` are those of a watched folder. */
  readonly masks?: MaskImport | WatchedMasks | null | undefined;
  /** Receives the plan for masks of later files, once it is known. */
  readonly keepMasks?: ((masks: WatchedMasks) => void) | undefined;
}

export interface FolderImportRequest extends FolderImportOptions {
  readonly project: Project;
  readonly folder: string;
  readonly labels: LabelSource;
  readonly signal: AbortSignal;
}

export interface ImportServices {
  readonly store: Store;
  readonly pictures: Pictures;
  readonly masks: MaskSources;
  readonly emit: Emit;
  /** Removes images from the project. */
  readonly remove: (project: number, images: readonly number[]) => Promise<void>;
}

/** Files of a folder that an import found. */
interface FolderFiles {
  readonly images: ImageToImport[];
  readonly problems: readonly ImageProblem[];
  readonly passed: readonly PassedOver[];
  /** Label files of a watched folder that have images. */
  readonly paired: ReadonlySet<string>;
}

/**
 * Import of a folder. Imported images stay, even if the import is stopped or fails midway. Files of unchanged size
 * and time whose images are all in the project are not read again; of other files, images already in the project (by
 * content) are not duplicated.
 */
export class FolderImport {
  readonly #services: ImportServices;
  readonly #project: Project;
  readonly #folder: string;
  #groupsBefore: ReadonlySet<string> | undefined;
  readonly #labels: LabelSource;
  readonly #signal: AbortSignal;
  readonly #options: FolderImportOptions;
  readonly #labelling: ImportLabels;
  readonly #places: ImportPlaces;
  readonly #aside: FilesSetAside;
  readonly #record: ImportRecord;
  readonly #seen = new Set<number>();
  #masks: ImportMasks | undefined;

  constructor(
    services: ImportServices,
    { project, folder, labels, signal, ...options }: FolderImportRequest,
  ) {
    this.#services = services;
    this.#project = project;
    this.#folder = folder;
    this.#labels = labels;
    this.#signal = signal;
    this.#options = options;
    this.#places = new ImportPlaces(services.store, project.id, folder);
    this.#aside = new FilesSetAside(services.store, project.id, folder, options);
    const recorded = { project: project.id, folder, only: options.only, aside: this.#aside };
    this.#record = new ImportRecord(services, recorded, () => this.#masks?.count ?? 0);
    this.#labelling = new ImportLabels(services.store, project, (problem) => {
      this.#record.note(problem);
    });
  }

  /** @throws UserError as the steps do, and if the folder disappears midway */
  async run(): Promise<ImportReport> {
    try {
      return await this.#run();
    } finally {
      await this.#masks?.close();
    }
  }

  async #run(): Promise<ImportReport> {
    const { images, paired, ...left } = await this.#list();
    requireLabelsOfTask(this.#project, images);
    requireNames(images);
    await this.#record.begin(images.length, left, paired);
    for (let from = 0; from < images.length && !this.#signal.aborted; from += filesAtOnce) {
      await this.#importFiles(images.slice(from, from + filesAtOnce));
    }
    if (!this.#signal.aborted) await this.#finish();
    return this.#record.end(this.#signal.aborted);
  }

  /** Lists the folder; an import that was stopped in the meantime has found no images. */
  async #list(): Promise<FolderFiles> {
    const { prepare, only } = this.#options;
    const passed: PassedOver[] = [];
    let others = 0;
    const pass = (one: PassedOver): void => {
      if (one.kind === 'skipped' || ++others <= keptOthers) passed.push(one);
    };
    const except = await requireNotWorkspace(this.#services.store.folder, this.#folder);
    await this.#aside.load();
    try {
      const signal = this.#signal;
      const readLabels = readLabelsIn(signal);
      const options = { signal, pass, except };
      const listed = await listFolder(this.#folder, this.#labels, readLabels, options);
      const masks = await this.#openMasks(listed.found);
      const { images: unclaimed, left } = await withoutLabelFiles(
        this.#project,
        listed.images,
        masks?.claimed,
        this.#signal,
      );
      const prepared = prepare?.(unclaimed) ?? unclaimed;
      const images = this.#project.task === 'segmentation' ? prepared.map(withoutLabels) : prepared;
      const problems = [
        ...listed.problems,
        ...(masks?.kind === 'masks' ? [] : leftMasks(listed, masks?.claimed)),
        ...(masks?.problems ?? []),
        ...left,
      ];
      if (only === undefined) return { images, problems, passed, paired: new Set() };
      const isAsked = (path: string): boolean =>
        only.has(path) || masks?.labelsOf(path).some((label) => only.has(label)) === true;
      const { asked, left: aside } = this.#aside.split(images.filter(({ path }) => isAsked(path)));
      const paired = new Set(asked.flatMap(({ path }) => masks?.labelsOf(path) ?? []));
      const places = new Set(images.map(({ path }) => path));
      // The image of a mask may still be copied.
      const reported = (masks?.problems ?? []).filter(
        ({ path }) => only.has(path) && !places.has(path) && !only.putOff(path),
      );
      const some = [...reported, ...aside, ...this.#aside.maskProblems()];
      return { images: asked, problems: some, passed: [], paired };
    } catch (error) {
      if (!(error instanceof UserError) || error.code !== 'cancelled') throw error;
      return { images: [], problems: [], passed: [], paired: new Set() };
    }
  }

  async #openMasks(found: readonly FoundImage[]): Promise<ImportMasks | undefined> {
    const { masks: plan } = this.#options;
    if (!plan || this.#aside.hasMaskSource) return undefined;
    const { store, masks } = this.#services;
    const kept = 'looked' in plan ? plan : null;
    const table = kept?.table && {
      byColour: kept.table.byColour,
      classes: kept.looked,
      values: new Map(kept.table.values),
    };
    const source = await masks.open(this.#folder, plan.source, found, this.#signal, {
      table: table ?? null,
      excluded: this.#aside.reasons,
      lose: ({ subject }) => void (subject && this.#aside.countCrash(subject)),
    });
    try {
      const looked =
        kept?.looked ?? masks.surveyedClasses(this.#folder, plan.source) ?? source.classes;
      this.#masks = new ImportMasks({
        store,
        project: this.#project,
        source,
        plan: { ...plan, looked, isWatched: kept !== null },
        signal: this.#signal,
        report: (problem) => {
          this.#record.note(problem);
        },
        leaveOut: (labels, reason) => {
          this.#record.leaveMaskOut(labels, reason);
        },
      });
      this.#options.keepMasks?.(this.#masks.watched);
      return this.#masks;
    } catch (error) {
      await source.close();
      throw error;
    }
  }

  async #importFiles(files: readonly ImageToImport[]): Promise<void> {
    const looked = await compareFiles(this.#services.store, this.#project.id, files);
    await this.#importUnchanged(looked.filter((one) => isInProject(one)));
    const fresh = looked.filter((one) => !isInProject(one));
    if (fresh.length === 0) {
      await this.#record.reportProgress();
      return;
    }
    const images = await this.#expand(fresh.map(({ file }) => file));
    if (this.#isStopped()) return;
    this.#record.foundMore(images.length - fresh.length);
    this.#record.outcomes.begin(
      images,
      new Map(fresh.map(({ file, stamp }) => [file.path, stamp])),
    );
    const { preparation } = this.#project.settings;
    const { pool } = this.#services.pictures;
    let done = 0;
    for await (const part of readInChunks(images, preparation, this.#signal, pool)) {
      await this.#importRead(part);
      done += part.chunk.length;
      this.#record.settle(images[done]?.path);
      await this.#record.reportProgress();
    }
    this.#record.settle(undefined);
  }

  /** Handles unchanged files: labels and masks may be new. */
  async #importUnchanged(files: readonly ComparedFile<ImageToImport>[]): Promise<void> {
    if (files.length === 0) return;
    const { store } = this.#services;
    const all = files.flatMap((looked) => imagesOf(looked).map((one) => ({ ...one, looked })));
    const described = all.filter(({ image }) => image.isLabelled || image.isTest || image.group);
    store.transaction(() => {
      this.#record.putUnchanged(files.map(({ file }) => file.path));
      const images = described.map(({ image }) => image);
      const rows = described.map(({ row }) => row);
      this.#labelling.apply(images, rows);
    });
    await this.#masks?.apply(
      all.map(({ image }) => image),
      all.map(({ row }) => row),
    );
    for (const { image, row, isElsewhere, looked } of all) {
      this.#seen.add(row.id);
      if (!isElsewhere) continue;
      const modified = looked.stamp?.modified ?? 0;
      if (await this.#places.relocate(row.id, { name: image.name, modified })) {
        this.#record.count('moved');
        this.#record.putMoved(looked.file.path);
      } else if (this.#options.only === undefined) this.#record.count('copies');
    }
    if (this.#options.only === undefined) {
      this.#record.count('known', all.length);
      this.#record.foundMore(all.length - files.length);
    } else {
      // Only their masks are new; the images were counted before.
      this.#record.count('found', -files.length);
    }
    this.#record.finished(all.length);
  }

  #isStopped(): boolean {
    return this.#signal.aborted;
  }

  async #expand(files: readonly ImageToImport[]): Promise<ImageToImport[]> {
    const found = await findSecret(this.#services.store);
    const problem = secretProblem(this.#services.store, found);
    const refused: FoundImage[] = [];
    const refuse =
      problem === null ? undefined : (image: FoundImage): void => void refused.push(image);
    // Volumes without a patient get their own groups, whatever the key.
    const secret = found.state === 'sound' ? found.secret : newSecret();
    try {
      const read = readFramesIn(this.#services.pictures.pool, this.#signal);
      const isGroup = (group: string): boolean => this.#groups().has(group);
      const options = { secret, refuse, isGroup, signal: this.#signal, read };
      const expanded = await expandFrames(files, options);
      // Without the key, images of a patient cannot be grouped.
      if (problem !== null) this.#record.leaveOut(refused, problem.message);
      return expanded;
    } catch (error) {
      if (!(error instanceof UserError) || error.code !== 'cancelled') throw error;
      return [];
    }
  }

  /** Groups of images when the import began. */
  #groups(): ReadonlySet<string> {
    this.#groupsBefore ??= this.#services.store.images.keyedGroupNames();
    return this.#groupsBefore;
  }

  async #importRead({ chunk, read, problems }: ReadChunk): Promise<void> {
    for (const { isLost, ...problem } of problems) {
      this.#record.outcomes.fail(problem);
      if (isLost) await this.#aside.countCrash(problem.path.replace(/#\d+$/, ''));
    }
    this.#record.count('lost', await this.#countLost(chunk, problems));
    if (read.length === 0) await requireFolder(this.#folder, this.#record.added);
    await this.#keep(read);
    this.#record.finished(chunk.length);
  }

  /**
   * Returns the number of unreadable images whose files no longer exist, for example after a disk was disconnected.
   */
  async #countLost(
    chunk: readonly ImageToImport[],
    problems: readonly ImageProblem[],
  ): Promise<number> {
    const paths = new Map(chunk.map((image) => [placeName(image), image.path]));
    const stamps = await Promise.all(
      problems.map(({ path }) => readStamp(paths.get(path) ?? resolve(this.#folder, path))),
    );
    return stamps.filter((stamp) => stamp === null).length;
  }

  async #keep(images: readonly ReadImage[]): Promise<void> {
    const { store, pictures } = this.#services;
    const { preparation } = this.#project.settings;
    const added = store.transaction(() => {
      const rows = store.images.add(
        this.#project.id,
        images.map((image) => ({ ...image, folder: this.#folder })),
      );
      this.#labelling.apply(images, rows);
      return rows;
    });
    const fresh = images.filter((_, index) => added[index]?.isNew);
    await pictures.keep(fresh.map((image) => ({ ...image, preparation })));
    for (const [index, { id, isNew, folder, name }] of added.entries()) {
      const image = images[index];
      if (!image) continue;
      this.#seen.add(id);
      if (isNew) {
        this.#record.count('added');
        this.#record.outcomes.keep(image, 'added');
        continue;
      }
      const isHere = folder === this.#folder && name === image.name;
      const isMoved = !isHere && (await this.#places.relocate(id, image, image.sha256));
      this.#record.count('known');
      if (isMoved) this.#record.count('moved');
      else if (!isHere) this.#record.count('copies');
      this.#record.outcomes.keep(image, isMoved ? 'moved' : 'known');
    }
    await this.#masks?.apply(images, added);
  }

  async #finish(): Promise<void> {
    const { store, remove } = this.#services;
    this.#masks?.end(this.#folder);
    const gone = store.images
      .sharingPlaces(this.#project.id, this.#folder)
      .filter((id) => !this.#seen.has(id));
    const rest = gone.length === 0 ? [] : await this.#places.findElsewhere(gone);
    for (const id of rest) {
      const problem = this.#places.carryMaskOver(id, this.#seen);
      if (problem !== undefined) this.#record.note(problem);
    }
    if (rest.length > 0) await remove(this.#project.id, rest);
    if (this.#options.only === undefined) this.#record.forgetUnseen();
  }
}

/** Problems for masks that were left out, except for files whose masks are imported. */
function leftMasks(
  { masks: { masks, folders } }: ListedFolder,
  claimed: ReadonlySet<string> = new Set(),
): ImageProblem[] {
  return maskProblems({ masks: masks.filter(({ path }) => !claimed.has(path)), folders });
}
