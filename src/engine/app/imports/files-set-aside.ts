import { resolve } from 'node:path';
import type { MaskImport, WatchedMasks } from '../../../contract/mask-sources.ts';
import type { ImageProblem } from '../../../formats/labels/labelled-images.ts';
import type { FileRecord } from '../../../store/queries/import-files.ts';
import type { Store } from '../../../store/store.ts';
import { unreadFile } from './file-outcomes.ts';
import type { ImageToImport } from './import-images.ts';
import { readStamp } from './known-files.ts';
import { countLoss, filesSetAside } from './risky-files.ts';

/** Selection of a folder's files, images and labels, to import in addition to earlier ones. */
export interface SomeFiles {
  has(path: string): boolean;
  /**
   * True to defer a file that cannot be read, or labels without an image: it is tried again later and not reported
   * yet.
   */
  putOff(path: string): boolean;
}

/** Files to import, images and masks. */
interface AskedFiles {
  /** Files to import; all by default. */
  readonly only?: SomeFiles | undefined;
  readonly masks?: MaskImport | WatchedMasks | null | undefined;
}

/**
 * Files that an import leaves out because they crashed the program before. An import that the user starts means all
 * files of the folder, so only a watch leaves files out.
 */
export class FilesSetAside {
  readonly #store: Store;
  readonly #project: number;
  readonly #folder: string;
  readonly #only: SomeFiles | undefined;
  /** Absolute path of the mask source; null without one. */
  readonly #maskSource: string | null;
  #reasons: ReadonlyMap<string, string> = new Map();

  constructor(store: Store, project: number, folder: string, { only, masks }: AskedFiles) {
    this.#store = store;
    this.#project = project;
    this.#folder = folder;
    this.#only = only;
    this.#maskSource = masks ? resolve(masks.source.path) : null;
  }

  /** Loads the files for a watch; forgets those of a folder that the user imports. */
  async load(): Promise<void> {
    if (this.#only !== undefined) {
      this.#reasons = await filesSetAside(this.#store, this.#project);
      return;
    }
    this.#store.riskyFiles.forget(this.#project, this.#folder);
    if (this.#maskSource !== null) {
      this.#store.riskyFiles.forget(this.#project, this.#maskSource);
    }
  }

  /** The files, with the reason. */
  get reasons(): ReadonlyMap<string, string> {
    return this.#reasons;
  }

  has(path: string): boolean {
    return this.#reasons.has(path);
  }

  /** True if the file with all masks is set aside. */
  get hasMaskSource(): boolean {
    return this.#maskSource !== null && this.has(this.#maskSource);
  }

  /** Separates images that may be imported from the problems of the others. */
  split(images: readonly ImageToImport[]): { asked: ImageToImport[]; left: ImageProblem[] } {
    const left = images.flatMap(({ path }) => this.#problemOf(path));
    return { asked: images.filter(({ path }) => !this.has(path)), left };
  }

  /** Returns the problem of the file with all masks, if it is set aside; reported when it appears or changes. */
  maskProblems(): ImageProblem[] {
    const path = this.#maskSource;
    return path !== null && this.#only?.has(path) === true ? this.#problemOf(path) : [];
  }

  /** Counts a crash caused by a file of a watched folder, which may be set aside from now on; others do not count. */
  async countCrash(path: string): Promise<void> {
    if (this.#only === undefined) return;
    const isAside = await countLoss(this.#store, this.#project, path);
    if (isAside) this.#reasons = await filesSetAside(this.#store, this.#project);
  }

  /**
   * Records of the problems' files that are set aside, with stamps, so that a watch ignores them until they change.
   */
  recordsOf(problems: readonly ImageProblem[]): Promise<FileRecord[]> {
    const files = problems.filter(({ path }) => this.has(path));
    return Promise.all(
      files.map(async ({ path, reason }) => ({
        ...unreadFile(path, reason, 'skipped'),
        stamp: await readStamp(path),
      })),
    );
  }

  #problemOf(path: string): ImageProblem[] {
    const reason = this.#reasons.get(path);
    return reason === undefined ? [] : [{ path, reason }];
  }
}
