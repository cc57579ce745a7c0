import { resolve } from 'node:path';
import type { ImportReport, LabelChange, Result, UseChange } from '../../contract/app.ts';
import { preparationMark } from '../../contract/bridge.ts';
import { UserError } from '../../core/errors.ts';
import type { Store } from '../../store/store.ts';
import type { Emit } from './dispatch.ts';
import { FolderImport } from './folder-import.ts';
import type { FolderImportOptions } from './folder-import.ts';
import type { LabelSource } from './import-images.ts';
import { MaskSources } from './mask-sources.ts';
import type { Pictures } from './pictures.ts';

/** An import at work. */
interface AtWork {
  readonly controller: AbortController;
  readonly ended: Promise<unknown>;
  /** It brings in what came to a watched folder, and makes way for one that a person asks for. */
  readonly isOfWatch: boolean;
}

/** Images of projects: import, labels, pictures. */
export class ImageService {
  readonly #store: Store;
  readonly #pictures: Pictures;
  readonly #emit: Emit;
  readonly maskSources: MaskSources;
  /** Imports at work, by project. */
  readonly #imports = new Map<number, AtWork>();
  #isHeld = false;

  constructor(store: Store, pictures: Pictures, emit: Emit) {
    this.#store = store;
    this.#pictures = pictures;
    this.#emit = emit;
    this.maskSources = new MaskSources(store, pictures.pool);
  }

  /**
   * Brings the images of a folder in. What is in stays in, also when the import is stopped or fails half
   * way; images that the project has already, by content, are not doubled.
   *
   * @throws UserError 'in-use' where another import is at work in the project
   */
  async import(
    project: number,
    folder: string,
    labels: LabelSource,
    signal: AbortSignal,
    options: FolderImportOptions = {},
  ): Promise<ImportReport> {
    await this.#makeWay(project);
    if (this.#isHeld) {
      throw new UserError('in-use', 'Patients are being read again. Import once that is done.');
    }
    const controller = new AbortController();
    const { store, remove } = {
      store: this.#store,
      remove: (of: number, images: readonly number[]) => this.remove(of, images),
    };
    const work = new FolderImport(
      { store, remove, pictures: this.#pictures, masks: this.maskSources, emit: this.#emit },
      store.projects.get(project),
      resolve(folder),
      labels,
      AbortSignal.any([signal, controller.signal]),
      options,
    );
    const ended = work.run().finally(() => {
      this.#imports.delete(project);
      this.#emit('project.changed', { project });
    });
    this.#imports.set(project, { controller, ended, isOfWatch: options.only !== undefined });
    return ended;
  }

  isImporting(project: number): boolean {
    return this.#imports.has(project);
  }

  /**
   * Does what no image may come in during, of any project; imports that are begun meanwhile are refused.
   *
   * @throws UserError 'in-use' while images come in
   */
  async withoutImports<T>(work: () => Promise<T>): Promise<T> {
    if (this.#imports.size > 0) {
      throw new UserError('in-use', 'Images are being imported. Wait for it, or stop it.');
    }
    this.#isHeld = true;
    try {
      return await work();
    } finally {
      this.#isHeld = false;
    }
  }

  stopImport(project: number): void {
    this.#imports.get(project)?.controller.abort();
  }

  async #makeWay(project: number): Promise<void> {
    const other = this.#imports.get(project);
    if (other?.isOfWatch === true) {
      other.controller.abort();
      await other.ended.catch(() => undefined);
    }
    if (!this.#imports.has(project)) return;
    throw new UserError(
      'in-use',
      'Images are coming into this project already. Wait or stop that.',
    );
  }

  /** Resolves when what came in, and the report of it, are kept. */
  async stopAll(): Promise<void> {
    const all = [...this.#imports.values()];
    for (const { controller } of all) controller.abort();
    await Promise.allSettled([...all.map(({ ended }) => ended), this.maskSources.close()]);
  }

  /** Applies changes; returns those that undo them. */
  label(project: number, changes: readonly LabelChange[]): LabelChange[] {
    const undo = this.#store.labels.set(project, changes, true);
    this.#emit('project.changed', { project });
    return undo;
  }

  /** Sets what images are for and whose they are; returns what undoes it. */
  setUse(project: number, changes: readonly UseChange[], exact: boolean): Result<'image.setUse'> {
    const uses = this.#store.imageUses;
    const done = exact ? uses.setExactly(project, changes) : uses.set(project, changes);
    this.#emit('project.changed', { project });
    return done;
  }

  /** From the project; the files stay, but no picture of them does. */
  async remove(project: number, images: readonly number[]): Promise<void> {
    const contents = this.#store.images.contents(project, images);
    this.#store.images.remove(project, images);
    this.#emit('project.changed', { project });
    await this.forgetPictures(contents);
  }

  /** Removes the pictures of contents that no project has any more. */
  async forgetPictures(contents: readonly Uint8Array[]): Promise<void> {
    await this.#pictures.forget(this.#store.images.unknownContents(contents));
  }

  /** @throws UserError 'invalid-option' where a mark is given and the project's preparation has another */
  async picture(id: number, side: 'thumbnail' | 'whole', mark?: string): Promise<Uint8Array> {
    const { sha256, path, frame, project } = this.#store.images.get(id);
    const { preparation } = this.#store.projects.get(project).settings;
    if (mark !== undefined && mark !== preparationMark(preparation)) {
      throw new UserError(
        'invalid-option',
        'What the model sees of this image was changed meanwhile. Ask for its picture again.',
      );
    }
    const image = { sha256, path, frame, preparation };
    return side === 'thumbnail' ? this.#pictures.thumbnail(image) : this.#pictures.whole(image);
  }
}
