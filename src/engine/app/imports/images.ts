import { resolve } from 'node:path';
import type {
  ImportReport,
  LabelChange,
  Result,
  UseChange,
  LabelSource,
} from '../../../contract/app.ts';
import { preparationMark } from '../../../contract/bridge.ts';
import { UserError } from '../../../core/errors.ts';
import type { Store } from '../../../store/store.ts';
import type { Emit } from '../../events.ts';
import { RunningWork } from '../../running-work.ts';
import { FolderImport } from './folder-import.ts';
import type { FolderImportOptions } from './folder-import.ts';
import { MaskSources } from './mask-sources.ts';
import type { Pictures } from '../viewing/pictures.ts';
import { folderImportText, patientsText } from '../../../text/index.ts';

/** Images of projects: import, labels, thumbnails. */
export class ImageService {
  readonly #store: Store;
  readonly #pictures: Pictures;
  readonly #emit: Emit;
  readonly maskSources: MaskSources;
  /** Running imports by project. */
  readonly #imports = new RunningWork<number>();
  /** Projects whose running import is of a watched folder; it yields to one that the user starts. */
  readonly #ofWatches = new Set<number>();
  #isHeld = false;

  constructor(store: Store, pictures: Pictures, emit: Emit) {
    this.#store = store;
    this.#pictures = pictures;
    this.#emit = emit;
    this.maskSources = new MaskSources(store, pictures.pool);
  }

  /**
   * Imports the images of a folder. Imported images stay, even if the import is stopped or fails midway; images already
   * in the project (by content) are not duplicated.
   *
   * @throws UserError 'in-use' if another import is running in the project
   */
  async import(
    project: number,
    folder: string,
    labels: LabelSource,
    signal: AbortSignal,
    options: FolderImportOptions = {},
  ): Promise<ImportReport> {
    if (this.#ofWatches.has(project)) await this.#imports.stop(project);
    // Also if another import began while this one waited.
    if (this.#imports.has(project)) {
      throw new UserError('in-use', folderImportText.anotherRunning);
    }
    if (this.#isHeld) {
      throw new UserError('in-use', folderImportText.patientsBeingRead);
    }
    const services = {
      store: this.#store,
      pictures: this.#pictures,
      masks: this.maskSources,
      emit: this.#emit,
      remove: (of: number, images: readonly number[]) => this.remove(of, images),
    };
    const found = this.#store.projects.get(project);
    if (options.only !== undefined) this.#ofWatches.add(project);
    try {
      return await this.#imports.run(project, signal, (own) =>
        new FolderImport(services, {
          ...options,
          project: found,
          folder: resolve(folder),
          labels,
          signal: own,
        }).run(),
      );
    } finally {
      this.#ofWatches.delete(project);
      this.#emit('project.changed', { project });
    }
  }

  isImporting(project: number): boolean {
    return this.#imports.has(project);
  }

  /**
   * Runs work during which no image of any project may be imported; imports started in the meantime are refused.
   *
   * @throws UserError 'in-use' while images are being imported
   */
  async withoutImports<T>(work: () => Promise<T>): Promise<T> {
    if (this.#imports.isAny) {
      throw new UserError('in-use', patientsText.importRunning);
    }
    this.#isHeld = true;
    try {
      return await work();
    } finally {
      this.#isHeld = false;
    }
  }

  stopImport(project: number): void {
    this.#imports.abort(project);
  }

  /** Stops all imports; resolves when images and reports are saved. */
  async stopAll(): Promise<void> {
    await Promise.allSettled([this.#imports.stopAll(), this.maskSources.close()]);
  }

  /** Applies label changes; returns changes that undo them. */
  label(project: number, changes: readonly LabelChange[]): LabelChange[] {
    const undo = this.#store.labels.set(project, changes, true);
    this.#emit('project.changed', { project });
    return undo;
  }

  /** Sets the use and group of images; returns changes that undo it. */
  setUse(project: number, changes: readonly UseChange[], exact: boolean): Result<'image.setUse'> {
    const uses = this.#store.imageUses;
    const done = exact ? uses.setExactly(project, changes) : uses.set(project, changes);
    this.#emit('project.changed', { project });
    return done;
  }

  /** Removes images from the project. Their files stay; their thumbnails are deleted. */
  async remove(project: number, images: readonly number[]): Promise<void> {
    const contents = this.#store.images.contents(project, images);
    this.#store.images.remove(project, images);
    this.#emit('project.changed', { project });
    await this.forgetPictures(contents);
  }

  /** Deletes the thumbnails of contents that are no longer in any project. */
  async forgetPictures(contents: readonly Uint8Array[]): Promise<void> {
    await this.#pictures.forget(this.#store.images.unknownContents(contents));
  }

  /** @throws UserError 'invalid-option' if `mark` differs from that of the project's preparation */
  async picture(id: number, side: 'thumbnail' | 'whole', mark?: string): Promise<Uint8Array> {
    const { sha256, path, frame, project } = this.#store.images.get(id);
    const { preparation } = this.#store.projects.get(project).settings;
    if (mark !== undefined && mark !== preparationMark(preparation)) {
      throw new UserError('invalid-option', folderImportText.pictureOutdated);
    }
    const image = { sha256, path, frame, preparation };
    return side === 'thumbnail' ? this.#pictures.thumbnail(image) : this.#pictures.whole(image);
  }
}
