import { resolve } from 'node:path';
import type { ImportReport, Project } from '../../contract/app.ts';
import type { MaskImport, WatchedMasks } from '../../contract/mask-sources.ts';
import { UserError } from '../../core/errors.ts';
import { expandFrames } from '../../formats/frames.ts';
import type { PassedOver } from '../../formats/image-folder.ts';
import { placeName } from '../../formats/labelled-images.ts';
import type { FoundImage, ImageProblem } from '../../formats/labelled-images.ts';
import type { FileRecord } from '../../store/queries/import-files.ts';
import type { Store } from '../../store/store.ts';
import { breathe } from '../job.ts';
import type { Emit } from './dispatch.ts';
import { FileOutcomes } from './file-outcomes.ts';
import { requireClassNames, requireFolder, requireLabelsOfTask } from './import-checks.ts';
import { listFolder, readFramesIn, readInChunks, readLabelsIn } from './import-images.ts';
import type { ImageToImport, LabelSource, ReadChunk, ReadImage } from './import-images.ts';
import { ImportLabels } from './import-labels.ts';
import { ImportMasks } from './import-masks.ts';
import { ImportPlaces } from './import-places.ts';
import { withoutLabelFiles, withoutLabels } from './outlined-images.ts';
import { imagesOf, isInProject, lookAtFiles, stampOf } from './known-files.ts';
import type { LookedAt } from './known-files.ts';
import type { MaskSources } from './mask-sources.ts';
import { requireNotOwn } from './own-files.ts';
import type { Pictures } from './pictures.ts';
import { findSecret, newSecret, secretProblem } from './workspace-secret.ts';
import { countLoss, setAside } from './risky-files.ts';

/** Files that are looked at together: whether they are known, and what they hold. */
const filesAtOnce = 256;
/** Of each import: more would be a wrong folder, not a list to read. The table of files has all. */
const reportedProblems = 5000;
/** Files that are no images by their names, of each import; the others are only counted out. */
const keptOthers = 10_000;

/** Some of a folder's files, images and labels, which come in beside what did before. */
interface SomeFiles {
  has(path: string): boolean;
  /** Of a file that cannot be read, or labels without an image: whether it is to be tried again later, and nothing said of it now. */
  putOff(path: string): boolean;
}

export interface FolderImportOptions {
  /** May change what is said of the images that were found. */
  readonly prepare?: (images: ImageToImport[]) => ImageToImport[];
  /** All unless given. */
  readonly only?: SomeFiles | undefined;
  /** None unless given; `WatchedMasks`: of a watched folder. */
  readonly masks?: MaskImport | WatchedMasks | null | undefined;
  /** Told how masks of later files come in, once it is known. */
  readonly keepMasks?: ((masks: WatchedMasks) => void) | undefined;
}

export interface ImportWorld {
  readonly store: Store;
  readonly pictures: Pictures;
  readonly masks: MaskSources;
  readonly emit: Emit;
  /** Takes images out of the project. */
  readonly remove: (project: number, images: readonly number[]) => Promise<void>;
}

/**
 * One import of a folder. What is in stays in, also when it is stopped or fails half way. A file with the
 * size and the time that it had is not read again where all its images are in the project; of the others,
 * images that the project has already, by content, are not doubled.
 *
 * Long, as all its steps write to one report: what needs none of it is in files of its own (places, labels,
 * masks, outcomes).
 */
export class FolderImport {
  readonly #world: ImportWorld;
  readonly #project: Project;
  readonly #folder: string;
  #groupsBefore: ReadonlySet<string> | undefined;
  readonly #labels: LabelSource;
  readonly #signal: AbortSignal;
  readonly #options: FolderImportOptions;
  readonly #labelling: ImportLabels;
  readonly #outcomes = new FileOutcomes();
  readonly #places: ImportPlaces;
  readonly #seen = new Set<number>();
  /** Of what comes with a watched folder: labels whose images are there. */
  readonly #paired = new Set<string>();
  /** Files with masks that were left out: of how many images, and why the first. */
  readonly #unfit = new Map<string, { readonly images: number; readonly first: string }>();
  /** Of what comes with a watched folder: files that are left alone, with the reason. */
  #aside: ReadonlyMap<string, string> = new Map();
  #masks: ImportMasks | undefined;
  readonly #start = performance.now();
  #report: Omit<ImportReport, 'cancelled'>;
  #id = 0;
  /** The report that is gone on with. */
  #before: { readonly cancelled: boolean } | undefined;
  #skipped = 0;
  #done = 0;
  #total = 0;
  #told = 0;

  constructor(
    world: ImportWorld,
    project: Project,
    folder: string,
    labels: LabelSource,
    signal: AbortSignal,
    options: FolderImportOptions = {},
  ) {
    this.#world = world;
    this.#project = project;
    this.#folder = folder;
    this.#labels = labels;
    this.#signal = signal;
    this.#options = options;
    this.#places = new ImportPlaces(world.store, project.id, folder);
    this.#labelling = new ImportLabels(world.store, project, (problem) => {
      this.#note(problem);
    });
    const none = { found: 0, added: 0, known: 0, moved: 0, masks: 0, masksLeftOut: 0, lost: 0 };
    this.#report = { project: project.id, folder, ...none, skipped: [] };
  }

  /** @throws UserError as its parts do, and where the folder vanishes half way */
  async run(): Promise<ImportReport> {
    try {
      return await this.#run();
    } finally {
      await this.#masks?.close();
    }
  }

  async #run(): Promise<ImportReport> {
    const { images, problems, passed } = await this.#list();
    requireLabelsOfTask(this.#project, images);
    requireClassNames(images);
    this.#begin(images.length, problems, passed);
    await this.#putAside(problems);
    for (let from = 0; from < images.length && !this.#signal.aborted; from += filesAtOnce) {
      await this.#takeIn(images.slice(from, from + filesAtOnce));
    }
    if (!this.#signal.aborted) await this.#finish();
    const ended = this.#whole(this.#signal.aborted);
    this.#world.store.imports.replace(this.#id, ended);
    return ended;
  }

  /** An import that is stopped while it looks for images has found none. */
  async #list(): Promise<{
    images: ImageToImport[];
    problems: readonly ImageProblem[];
    passed: readonly PassedOver[];
  }> {
    const { prepare, only } = this.#options;
    const passed: PassedOver[] = [];
    let others = 0;
    const pass = (one: PassedOver): void => {
      if (one.kind === 'skipped' || ++others <= keptOthers) passed.push(one);
    };
    const except = await requireNotOwn(this.#world.store.folder, this.#folder);
    await this.#lookAtRisks();
    try {
      const readLabels = readLabelsIn(this.#signal);
      const listed = await listFolder(
        ...([this.#folder, this.#labels, readLabels, this.#signal, pass, except] as const),
      );
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
        ...(masks?.kind === 'masks' ? [] : listed.masks),
        ...(masks?.problems ?? []),
        ...left,
      ];
      if (only === undefined) return { images, problems, passed };
      const isAsked = (path: string): boolean =>
        only.has(path) || masks?.labelsOf(path).some((label) => only.has(label)) === true;
      const { asked, left: aside } = this.#withoutRisks(images.filter(({ path }) => isAsked(path)));
      for (const { path } of asked) {
        for (const label of masks?.labelsOf(path) ?? []) this.#paired.add(label);
      }
      const places = new Set(images.map(({ path }) => path));
      // The image of a mask may be on its way.
      const told = (masks?.problems ?? []).filter(
        ({ path }) => only.has(path) && !places.has(path) && !only.putOff(path),
      );
      return { images: asked, problems: [...told, ...aside, ...this.#riskyLabels()], passed: [] };
    } catch (error) {
      if (!(error instanceof UserError) || error.code !== 'cancelled') throw error;
      return { images: [], problems: [], passed: [] };
    }
  }

  /** A person who adds a folder asks for all of it; by itself nothing comes in that ended the program before. */
  async #lookAtRisks(): Promise<void> {
    const { only, masks } = this.#options;
    const { store } = this.#world;
    if (only !== undefined) {
      this.#aside = await setAside(store, this.#project.id);
      return;
    }
    store.riskyFiles.forget(this.#project.id, this.#folder);
    if (masks) store.riskyFiles.forget(this.#project.id, resolve(masks.source.path));
  }

  #withoutRisks(images: readonly ImageToImport[]): {
    asked: ImageToImport[];
    left: ImageProblem[];
  } {
    const left = images.flatMap(({ path }) => {
      const reason = this.#aside.get(path);
      return reason === undefined ? [] : [{ path, reason }];
    });
    return { asked: images.filter(({ path }) => !this.#aside.has(path)), left };
  }

  /** The file that all masks come from, where it is left alone; told of when it came or changed. */
  #riskyLabels(): ImageProblem[] {
    const path = resolve(this.#options.masks?.source.path ?? '');
    const reason = this.#aside.get(path);
    return reason !== undefined && this.#options.only?.has(path) === true ? [{ path, reason }] : [];
  }

  /** @returns whether the file is left alone from now on */
  async #lose(path: string): Promise<boolean> {
    if (this.#options.only === undefined) return false;
    const { store } = this.#world;
    const isAside = await countLoss(store, this.#project.id, path);
    if (isAside) this.#aside = await setAside(store, this.#project.id);
    return isAside;
  }

  async #openMasks(found: readonly FoundImage[]): Promise<ImportMasks | undefined> {
    const { masks: plan } = this.#options;
    if (!plan || this.#aside.has(resolve(plan.source.path))) return undefined;
    const { store, masks } = this.#world;
    const kept = 'looked' in plan ? plan : null;
    const table = kept?.table && {
      ...{
        byColour: kept.table.byColour,
        classes: kept.looked,
        values: new Map(kept.table.values),
      },
    };
    const source = await masks.open(this.#folder, plan.source, found, this.#signal, {
      table: table ?? null,
      excluded: this.#aside,
      lose: ({ subject }) => void (subject && this.#lose(subject)),
    });
    try {
      const looked = kept?.looked ?? masks.lookedAt(this.#folder, plan.source) ?? source.classes;
      const whole = { ...plan, looked, isWatched: kept !== null };
      this.#masks = new ImportMasks(
        ...([store, this.#project, source, whole, this.#signal] as const),
        (problem) => {
          this.#note(problem);
        },
        (labels, reason) => {
          this.#leaveMaskOut(labels, reason);
        },
      );
      this.#options.keepMasks?.(this.#masks.watched);
      return this.#masks;
    } catch (error) {
      await source.close();
      throw error;
    }
  }

  #note(problem: ImageProblem): void {
    if (!this.#outcomes.note(problem)) this.#tellOfKnown(problem);
  }

  #leaveMaskOut(labels: readonly string[], reason: string): void {
    this.#report.masksLeftOut++;
    const records = labels.map((path) => {
      const { images, first } = this.#unfit.get(path) ?? { images: 0, first: reason };
      this.#unfit.set(path, { images: images + 1, first });
      const all = images === 0 ? first : `${images + 1} masks of it were left out. ${first}`;
      return unread(path, all, 'skipped');
    });
    this.#put(records);
  }

  /** An engine that is killed must leave word of what did not come in. */
  #begin(files: number, problems: readonly ImageProblem[], passed: readonly PassedOver[]): void {
    const { imports, importFiles } = this.#world.store;
    const before =
      this.#options.only === undefined
        ? undefined
        : imports.list(this.#project.id).find(({ folder }) => folder === this.#folder);
    if (before !== undefined) {
      this.#id = before.id;
      this.#before = before;
      const { project, folder, found, added, known, moved, masks, masksLeftOut, lost } = before;
      const counts = { found, added, known, moved, masks, masksLeftOut, lost };
      const { skipped } = before;
      importFiles.forgetSkipped(project, [...this.#paired]);
      const still = skipped.filter(({ path }) => !this.#paired.has(path));
      this.#report = { project, folder, ...counts, skipped: still };
    }
    this.#total = files;
    this.#report.found += files;
    if (before === undefined) this.#id = imports.add(this.#whole(files > 0));
    const left = passed.filter(({ kind }) => kind === 'skipped');
    for (const { path, reason } of [...left, ...problems]) this.#skip({ path, reason });
    this.#put([
      ...passed.map(({ path, reason, kind }) => unread(path, reason, kind)),
      ...problems.map(({ path, reason }) => unread(resolve(this.#folder, path), reason, 'skipped')),
    ]);
  }

  /** With their stamps, so that a watch does not look at them again before they change. */
  async #putAside(problems: readonly ImageProblem[]): Promise<void> {
    const files = problems.filter(({ path }) => this.#aside.has(path));
    const records = await Promise.all(
      files.map(async ({ path, reason }) => ({
        ...unread(path, reason, 'skipped'),
        stamp: await stampOf(path),
      })),
    );
    this.#put(records);
  }

  async #takeIn(files: readonly ImageToImport[]): Promise<void> {
    const looked = await lookAtFiles(this.#world.store, this.#project.id, files);
    await this.#takeKnown(looked.filter((one) => isInProject(one)));
    const fresh = looked.filter((one) => !isInProject(one));
    if (fresh.length === 0) {
      await this.#tell();
      return;
    }
    const images = await this.#expand(fresh.map(({ file }) => file));
    if (this.#isStopped()) return;
    this.#foundMore(images.length - fresh.length);
    this.#outcomes.begin(images, new Map(fresh.map(({ file, stamp }) => [file.path, stamp])));
    const { preparation } = this.#project.settings;
    const { pool } = this.#world.pictures;
    let done = 0;
    for await (const part of readInChunks(images, preparation, this.#signal, pool)) {
      await this.#takeRead(part);
      done += part.chunk.length;
      this.#settle(images[done]?.path);
      await this.#tell();
    }
    this.#settle(undefined);
  }

  /** Files that are as they were: their labels may be said only now. */
  async #takeKnown(files: readonly LookedAt<ImageToImport>[]): Promise<void> {
    if (files.length === 0) return;
    const { store } = this.#world;
    const all = files.flatMap((looked) => imagesOf(looked).map((one) => ({ ...one, looked })));
    const said = all.filter(({ image }) => image.isLabelled || image.isTest || image.group);
    store.transaction(() => {
      const paths = files.map(({ file }) => file.path);
      store.importFiles.see(this.#project.id, this.#id, paths);
      const images = said.map(({ image }) => image);
      const rows = said.map(({ row }) => row);
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
        this.#report.moved++;
        store.importFiles.markMoved(this.#project.id, looked.file.path);
      }
    }
    if (this.#options.only === undefined) {
      this.#report.known += all.length;
      this.#foundMore(all.length - files.length);
    } else {
      // Only their masks are new: they were counted when they came in.
      this.#report.found -= files.length;
    }
    this.#done += all.length;
  }

  #isStopped(): boolean {
    return this.#signal.aborted;
  }

  /** Slices of volumes make more images than there are files. */
  #foundMore(images: number): void {
    this.#report.found += images;
    this.#total += images;
  }

  async #expand(files: readonly ImageToImport[]): Promise<ImageToImport[]> {
    const found = await findSecret(this.#world.store);
    const problem = secretProblem(this.#world.store, found);
    const refused: FoundImage[] = [];
    const refuse =
      problem === null ? undefined : (image: FoundImage): void => void refused.push(image);
    // Volumes without a patient are groups of their own, whatever the key is.
    const secret = found.state === 'sound' ? found.secret : newSecret();
    try {
      const read = readFramesIn(this.#world.pictures.pool, this.#signal);
      const isGroup = (group: string): boolean => this.#groups().has(group);
      const options = { secret, refuse, isGroup, signal: this.#signal, read };
      const expanded = await expandFrames(files, options);
      if (problem !== null) this.#refuse(refused, problem.message);
      return expanded;
    } catch (error) {
      if (!(error instanceof UserError) || error.code !== 'cancelled') throw error;
      return [];
    }
  }

  /** The groups that images had when the import began. */
  #groups(): ReadonlySet<string> {
    this.#groupsBefore ??= this.#world.store.images.keyedGroupNames();
    return this.#groupsBefore;
  }

  /** Leaves images out that name a patient whom nobody can tell from others. */
  #refuse(images: readonly FoundImage[], reason: string): void {
    for (const { path } of images) this.#skip({ path, reason });
    this.#put(images.map(({ path }) => unread(path, reason, 'skipped')));
    this.#foundMore(images.length);
    this.#done += images.length;
  }

  async #takeRead({ chunk, read, problems }: ReadChunk): Promise<void> {
    for (const { isLost, ...problem } of problems) {
      this.#outcomes.fail(problem);
      if (isLost) await this.#lose(problem.path.replace(/#\d+$/, ''));
    }
    this.#report.lost += await this.#countLost(chunk, problems);
    if (read.length === 0) await requireFolder(this.#folder, this.#report.added);
    await this.#keep(read);
    this.#done += chunk.length;
  }

  /** Of images that could not be read, those whose files are gone, as with a disk that was taken out. */
  async #countLost(
    chunk: readonly ImageToImport[],
    problems: readonly ImageProblem[],
  ): Promise<number> {
    const paths = new Map(chunk.map((image) => [placeName(image), image.path]));
    const stamps = await Promise.all(
      problems.map(({ path }) => stampOf(paths.get(path) ?? resolve(this.#folder, path))),
    );
    return stamps.filter((stamp) => stamp === null).length;
  }

  async #keep(images: readonly ReadImage[]): Promise<void> {
    const { store, pictures } = this.#world;
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
        this.#report.added++;
        this.#outcomes.keep(image, 'added');
        continue;
      }
      const isHere = folder === this.#folder && name === image.name;
      const isMoved = !isHere && (await this.#places.relocate(id, image, image.sha256));
      this.#report.known++;
      if (isMoved) this.#report.moved++;
      this.#outcomes.keep(image, isMoved ? 'moved' : 'known');
    }
    await this.#masks?.apply(images, added);
  }

  /** Notes what became of the files that are through. */
  #settle(goesOn: string | undefined): void {
    const records: FileRecord[] = [];
    const { only } = this.#options;
    for (const { record, problems, images } of this.#outcomes.take(goesOn)) {
      const isTriedAgain = record.outcome === 'skipped' && !this.#aside.has(record.path);
      if (isTriedAgain && only?.putOff(record.path) === true) {
        this.#report.found -= images;
        continue;
      }
      // Said of it before, and no longer so.
      if (only !== undefined) this.#report.skipped = without(this.#report.skipped, record.path);
      records.push(record);
      for (const problem of problems) this.#skip(problem);
    }
    this.#put(records);
  }

  #put(records: readonly FileRecord[]): void {
    this.#world.store.importFiles.put(this.#project.id, this.#id, records);
  }

  #skip(problem: ImageProblem): void {
    this.#skipped++;
    const { skipped } = this.#report;
    if (skipped.length < reportedProblems) skipped.push(problem);
  }

  #tellOfKnown(problem: ImageProblem): void {
    this.#skip(problem);
    const path = problem.path.replace(/#\d+$/, '');
    for (const place of new Set([problem.path, path])) {
      this.#world.store.importFiles.note(this.#project.id, place, problem.reason);
    }
  }

  async #finish(): Promise<void> {
    const { store, remove } = this.#world;
    this.#masks?.end(this.#folder);
    const gone = store.images
      .sharingPlaces(this.#project.id, this.#folder)
      .filter((id) => !this.#seen.has(id));
    const rest = gone.length === 0 ? [] : await this.#places.findElsewhere(gone);
    for (const id of rest) {
      const problem = this.#places.carryMaskOver(id, this.#seen);
      if (problem !== undefined) this.#note(problem);
    }
    if (rest.length > 0) await remove(this.#project.id, rest);
    if (this.#options.only === undefined) {
      store.importFiles.forgetUnseen(this.#project.id, this.#folder, this.#id);
    }
  }

  async #tell(): Promise<void> {
    if (this.#options.only === undefined) {
      const seconds = (performance.now() - this.#start) / 1000;
      this.#world.emit('import.progress', {
        project: this.#project.id,
        done: this.#done,
        total: this.#total,
        secondsLeft: this.#done === 0 ? null : (seconds / this.#done) * (this.#total - this.#done),
        skipped: this.#skipped,
      });
    }
    if (performance.now() - this.#told > 1000) {
      this.#told = performance.now();
      this.#world.store.imports.replace(this.#id, this.#whole(true));
      this.#world.emit('project.changed', { project: this.#project.id });
    }
    await breathe();
  }

  #whole(cancelled: boolean): ImportReport {
    // What a watch leaves undone it does later by itself.
    const isCutShort = this.#options.only === undefined ? cancelled : this.#before?.cancelled;
    const masks = this.#report.masks + (this.#masks?.count ?? 0);
    return { ...this.#report, masks, cancelled: isCutShort ?? false };
  }
}

function without(problems: readonly ImageProblem[], path: string): ImageProblem[] {
  return problems.filter((problem) => problem.path !== path);
}

function unread(path: string, reason: string, outcome: 'skipped' | 'other'): FileRecord {
  return { path, outcome, reason, stamp: null, sha256: null, images: 0 };
}
