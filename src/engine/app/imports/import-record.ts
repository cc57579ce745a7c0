import { resolve } from 'node:path';
import type { ImportReport } from '../../../contract/app.ts';
import type { PassedOver } from '../../../formats/image-folder.ts';
import type { ImageProblem } from '../../../formats/labels/labelled-images.ts';
import type { FileRecord } from '../../../store/queries/import-files.ts';
import type { Store } from '../../../store/store.ts';
import type { Emit } from '../../events.ts';
import { breathe } from '../../job.ts';
import { FileOutcomes, unreadFile } from './file-outcomes.ts';
import type { FilesSetAside, SomeFiles } from './files-set-aside.ts';
import { fileNoteText } from '../../../text/index.ts';

/**
 * Most problems per report: more would mean a wrong folder, not a list to read. The table of files has all.
 */
const reportedProblems = 5000;

interface RecordServices {
  readonly store: Store;
  readonly emit: Emit;
}

/** Subject of an import record. */
interface RecordedImport {
  readonly project: number;
  /** Absolute path. */
  readonly folder: string;
  /** Files of a watched folder to import; undefined if all files are imported. */
  readonly only: SomeFiles | undefined;
  readonly aside: FilesSetAside;
}

/** Files of a folder that are not imported. */
interface LeftFiles {
  readonly problems: readonly ImageProblem[];
  readonly passed: readonly PassedOver[];
}

/** Counts of a report, all of images. */
type Count = 'found' | 'added' | 'known' | 'moved' | 'copies' | 'masksLeftOut' | 'lost';

/**
 * Report of an import in the making: its counts and problems, the records of its files, and its progress. The import of
 * a watched folder continues the folder's earlier report.
 */
export class ImportRecord {
  readonly #services: RecordServices;
  readonly #project: number;
  readonly #folder: string;
  readonly #only: SomeFiles | undefined;
  readonly #aside: FilesSetAside;
  /** Number of masks that the import wrote so far. */
  readonly #countMasks: () => number;
  /** Outcomes of the files in progress. */
  readonly outcomes = new FileOutcomes();
  /** Mask files that were left out: number of affected images, and the first reason. */
  readonly #unfit = new Map<string, { readonly images: number; readonly first: string }>();
  readonly #start = performance.now();
  #report: Omit<ImportReport, 'cancelled'>;
  #id = 0;
  /** Report of the earlier import that is continued. */
  #before: { readonly cancelled: boolean } | undefined;
  #skipped = 0;
  #done = 0;
  #total = 0;
  #reportedAt = 0;

  constructor(services: RecordServices, of: RecordedImport, countMasks: () => number) {
    this.#services = services;
    this.#project = of.project;
    this.#folder = of.folder;
    this.#only = of.only;
    this.#aside = of.aside;
    this.#countMasks = countMasks;
    const none = { found: 0, added: 0, known: 0, moved: 0, copies: 0 };
    const losses = { masks: 0, masksLeftOut: 0, lost: 0 };
    this.#report = { project: of.project, folder: of.folder, ...none, ...losses, skipped: [] };
  }

  /**
   * Writes the report first, so that a killed engine leaves a record of what was not imported.
   *
   * @param files number of files to import
   * @param left files of the folder that are not imported
   * @param paired label files of a watched folder that have images
   */
  async begin(files: number, left: LeftFiles, paired: ReadonlySet<string>): Promise<void> {
    const { problems, passed } = left;
    const isNew = !this.#continueEarlier(paired);
    this.#total = files;
    this.#report.found += files;
    if (isNew) this.#id = this.#services.store.imports.add(this.#whole(files > 0));
    for (const { path, reason, kind, isFolder, isExpected } of passed) {
      if (kind === 'skipped') this.#skip({ path, reason, isFolder, isExpected });
    }
    for (const problem of problems) this.#skip(problem);
    this.#put([
      ...passed.map(({ path, reason, kind }) => unreadFile(path, reason, kind)),
      ...problems.map(({ path, reason }) =>
        unreadFile(resolve(this.#folder, path), reason, 'skipped'),
      ),
    ]);
    this.#put(await this.#aside.recordsOf(problems));
  }

  /** Continues the earlier report of a watched folder; returns false if there is none to continue. */
  #continueEarlier(paired: ReadonlySet<string>): boolean {
    if (this.#only === undefined) return false;
    const { imports, importFiles } = this.#services.store;
    const before = imports.list(this.#project).find(({ folder }) => folder === this.#folder);
    if (before === undefined) return false;
    this.#id = before.id;
    this.#before = before;
    const { project, folder, skipped } = before;
    const { found, added, known, moved, copies, masks, masksLeftOut, lost } = before;
    const counts = { found, added, known, moved, copies, masks, masksLeftOut, lost };
    importFiles.forgetSkipped(project, [...paired]);
    const still = skipped.filter(({ path }) => !paired.has(path));
    this.#report = { project, folder, ...counts, skipped: still };
    return true;
  }

  /** Writes and returns the finished report. */
  end(isCancelled: boolean): ImportReport {
    const ended = this.#whole(isCancelled);
    this.#services.store.imports.replace(this.#id, ended);
    return ended;
  }

  /** Number of added images. */
  get added(): number {
    return this.#report.added;
  }

  count(what: Count, images = 1): void {
    this.#report[what] += images;
  }

  /** Counts additional images: slices of volumes make more images than files. */
  foundMore(images: number): void {
    this.count('found', images);
    this.#total += images;
  }

  /** Counts images that are finished, for the progress. */
  finished(images: number): void {
    this.#done += images;
  }

  note(problem: ImageProblem): void {
    if (!this.outcomes.note(problem)) this.#reportKnown(problem);
  }

  #reportKnown(problem: ImageProblem): void {
    this.#skip(problem);
    const path = problem.path.replace(/#\d+$/, '');
    for (const place of new Set([problem.path, path])) {
      this.#services.store.importFiles.addRemark(this.#project, place, problem.reason);
    }
  }

  leaveMaskOut(labels: readonly string[], reason: string): void {
    this.count('masksLeftOut');
    const records = labels.map((path) => {
      const { images, first } = this.#unfit.get(path) ?? { images: 0, first: reason };
      this.#unfit.set(path, { images: images + 1, first });
      const all = images === 0 ? first : fileNoteText.someMasksLeftOut(images + 1, first);
      return unreadFile(path, all, 'skipped');
    });
    this.#put(records);
  }

  /** Leaves out images for the same reason. */
  leaveOut(images: readonly { readonly path: string }[], reason: string): void {
    for (const { path } of images) this.#skip({ path, reason });
    this.#put(images.map(({ path }) => unreadFile(path, reason, 'skipped')));
    this.foundMore(images.length);
    this.finished(images.length);
  }

  /** Records files that were not read again. */
  putUnchanged(paths: readonly string[]): void {
    this.#services.store.importFiles.recordUnchanged(this.#project, this.#id, paths);
  }

  putMoved(path: string): void {
    this.#services.store.importFiles.markMoved(this.#project, path);
  }

  /** Forgets files that are no longer in the folder. */
  forgetUnseen(): void {
    this.#services.store.importFiles.forgetUnseen(this.#project, this.#folder, this.#id);
  }

  /**
   * Records the outcomes of finished files.
   *
   * @param unfinished path of the file in progress, if any
   */
  settle(unfinished: string | undefined): void {
    const records: FileRecord[] = [];
    for (const { record, problems, images } of this.outcomes.take(unfinished)) {
      const isTriedAgain = record.outcome === 'skipped' && !this.#aside.has(record.path);
      if (isTriedAgain && this.#only?.putOff(record.path) === true) {
        this.count('found', -images);
        continue;
      }
      // An earlier problem of this file no longer holds.
      if (this.#only !== undefined) {
        this.#report.skipped = without(this.#report.skipped, record.path);
      }
      records.push(record);
      for (const problem of problems) this.#skip(problem);
    }
    this.#put(records);
  }

  async reportProgress(): Promise<void> {
    const { store, emit } = this.#services;
    if (this.#only === undefined) {
      const seconds = (performance.now() - this.#start) / 1000;
      emit('import.progress', {
        project: this.#project,
        done: this.#done,
        total: this.#total,
        secondsLeft: this.#done === 0 ? null : (seconds / this.#done) * (this.#total - this.#done),
        skipped: this.#skipped,
      });
    }
    if (performance.now() - this.#reportedAt > 1000) {
      this.#reportedAt = performance.now();
      store.imports.replace(this.#id, this.#whole(true));
      emit('project.changed', { project: this.#project });
    }
    await breathe();
  }

  #put(records: readonly FileRecord[]): void {
    this.#services.store.importFiles.put(this.#project, this.#id, records);
  }

  #skip(problem: ImageProblem): void {
    this.#skipped++;
    const { skipped } = this.#report;
    if (skipped.length < reportedProblems) skipped.push(problem);
  }

  #whole(isCancelled: boolean): ImportReport {
    // A watch completes an interrupted import later by itself.
    const isCutShort = this.#only === undefined ? isCancelled : this.#before?.cancelled;
    const masks = this.#report.masks + this.#countMasks();
    return { ...this.#report, masks, cancelled: isCutShort ?? false };
  }
}

function without(problems: readonly ImageProblem[], path: string): ImageProblem[] {
  return problems.filter((problem) => problem.path !== path);
}
