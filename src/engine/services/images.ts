import { stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { className } from '../../contract/app.ts';
import type { ImportReport, LabelChange, Project } from '../../contract/app.ts';
import { preparationMark } from '../../contract/bridge.ts';
import type { WrittenPreparation } from '../../contract/jobs.ts';
import { UserError } from '../../core/errors.ts';
import { expandFrames } from '../../formats/frames.ts';
import type { ImageProblem } from '../../formats/labelled-images.ts';
import type { AddedImage } from '../../store/queries/images.ts';
import type { Store } from '../../store/store.ts';
import { breathe } from '../job.ts';
import { workspaceSecret } from './workspace-secret.ts';
import type { Emit } from './dispatch.ts';
import { listFolder, readFramesIn, readInChunks } from './import-images.ts';
import { ImportLabels } from './import-labels.ts';
import type { ImageToImport, LabelSource, ReadImage } from './import-images.ts';
import type { Pictures } from './pictures.ts';

/** Of each import: more would be a wrong folder, not a list to read. */
const reportedProblems = 5000;

/** Images of projects: import, labels, pictures. */
export class ImageService {
  readonly #store: Store;
  readonly #pictures: Pictures;
  readonly #emit: Emit;
  /** Imports at work, by project. */
  readonly #imports = new Map<number, { controller: AbortController; ended: Promise<unknown> }>();

  constructor(store: Store, pictures: Pictures, emit: Emit) {
    this.#store = store;
    this.#pictures = pictures;
    this.#emit = emit;
  }

  /**
   * Brings the images of a folder in. What is in stays in, also when the import is stopped or fails half
   * way; images that the project has already, by content, are not doubled.
   *
   * @param prepare may change what is said of the images that were found
   */
  async import(
    project: number,
    folder: string,
    labels: LabelSource,
    signal: AbortSignal,
    prepare: (images: ImageToImport[]) => ImageToImport[] = (images) => images,
  ): Promise<ImportReport> {
    if (this.#imports.has(project)) {
      throw new UserError(
        'in-use',
        'Images are coming into this project already. Wait or stop that.',
      );
    }
    const controller = new AbortController();
    const ended = this.#import(
      this.#store.projects.get(project),
      resolve(folder),
      labels,
      AbortSignal.any([signal, controller.signal]),
      prepare,
    );
    this.#imports.set(project, { controller, ended });
    try {
      return await ended;
    } finally {
      this.#imports.delete(project);
      this.#emit('project.changed', { project });
    }
  }

  stopImport(project: number): void {
    this.#imports.get(project)?.controller.abort();
  }

  /** Resolves when what came in, and the report of it, are kept. */
  async stopAll(): Promise<void> {
    const all = [...this.#imports.values()];
    for (const { controller } of all) controller.abort();
    await Promise.allSettled(all.map(({ ended }) => ended));
  }

  /** Applies changes; returns those that undo them. */
  label(project: number, changes: readonly LabelChange[]): LabelChange[] {
    const undo = this.#store.labels.set(project, changes);
    this.#emit('project.changed', { project });
    return undo;
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

  async #import(
    project: Project,
    folder: string,
    labels: LabelSource,
    signal: AbortSignal,
    prepare: (images: ImageToImport[]) => ImageToImport[],
  ): Promise<ImportReport> {
    const { images, problems } = await this.#list(folder, labels, signal, prepare).catch(
      noneIfStopped,
    );
    const { preparation } = project.settings;
    requireLabelsOfTask(project, images);
    requireClassNames(images);
    const skipped: ImageProblem[] = [...problems];
    const report = { project: project.id, folder, found: images.length, added: 0, known: 0 };
    const whole = (cancelled: boolean): ImportReport => ({
      ...report,
      skipped: skipped.slice(0, reportedProblems),
      cancelled,
    });
    // An engine that is killed must leave word of what did not come in.
    this.#store.imports.add(whole(images.length > 0));
    const labelling = new ImportLabels(this.#store, project, (problem) => skipped.push(problem));
    const seen = new Set<number>();
    const start = performance.now();
    let told = 0;
    let done = 0;
    for await (const { chunk, read, problems: found } of readInChunks(
      images,
      preparation,
      signal,
      this.#pictures.pool,
    )) {
      skipped.push(...found);
      if (read.length === 0) await requireFolder(folder, report.added);
      const added = await this.#keep(project, folder, read, preparation, labelling);
      for (const { id } of added) seen.add(id);
      report.added += added.filter(({ isNew }) => isNew).length;
      report.known += added.filter(({ isNew }) => !isNew).length;
      done += chunk.length;
      const seconds = (performance.now() - start) / 1000;
      this.#emit('import.progress', {
        project: project.id,
        done,
        total: images.length,
        secondsLeft: (seconds / done) * (images.length - done),
        skipped: skipped.length,
      });
      if (performance.now() - told > 1000) {
        told = performance.now();
        this.#store.imports.replaceLatest(whole(true));
        this.#emit('project.changed', { project: project.id });
      }
      await breathe();
    }
    if (!signal.aborted) await this.#removeReplaced(project.id, folder, seen);
    const ended = whole(signal.aborted);
    this.#store.imports.replaceLatest(ended);
    return ended;
  }

  /** Images at whose place other content lies now, and whose own was not found in the folder. */
  async #removeReplaced(project: number, folder: string, seen: ReadonlySet<number>): Promise<void> {
    const gone = this.#store.images.sharingPlaces(project, folder).filter((id) => !seen.has(id));
    if (gone.length > 0) await this.remove(project, gone);
  }

  /** The images of a folder, slice by slice. */
  async #list(
    folder: string,
    labels: LabelSource,
    signal: AbortSignal,
    prepare: (images: ImageToImport[]) => ImageToImport[],
  ): Promise<Listing> {
    const { images, problems } = await listFolder(folder, labels, signal);
    const secret = await workspaceSecret(this.#store.folder);
    const read = readFramesIn(this.#pictures.pool, signal);
    return { images: await expandFrames(prepare(images), { secret, signal, read }), problems };
  }

  async #keep(
    project: Project,
    folder: string,
    images: readonly ReadImage[],
    preparation: WrittenPreparation,
    labelling: ImportLabels,
  ): Promise<AddedImage[]> {
    const added = this.#store.transaction(() => {
      const rows = this.#store.images.add(
        project.id,
        images.map((image) => ({ ...image, folder })),
      );
      labelling.apply(images, rows);
      this.#assignKnown(project.id, images, rows);
      return rows;
    });
    const fresh = images.filter((_, index) => added[index]?.isNew);
    await this.#pictures.keep(fresh.map((image) => ({ ...image, preparation })));
    for (const [index, { id, isNew, ...old }] of added.entries()) {
      const image = images[index];
      if (!image || isNew) continue;
      await this.#relocate(id, old, { folder, name: image.name, modified: image.modified });
    }
    return added;
  }

  /** That an image is held out, or whose it is, may be said after it came in. */
  #assignKnown(project: number, images: readonly ReadImage[], added: readonly AddedImage[]): void {
    const known = images.flatMap(({ isTest, group }, index) => {
      const row = added[index];
      return row?.isNew === false ? [{ id: row.id, isTest, group }] : [];
    });
    this.#store.images.assign(project, known);
  }

  /** A known image that is no longer where it was has moved here. */
  async #relocate(
    id: number,
    old: { folder: string; name: string },
    place: { folder: string; name: string; modified: number },
  ): Promise<void> {
    if (old.folder === place.folder && old.name === place.name) return;
    const { path, bytes, modified } = this.#store.images.get(id);
    const found = await stat(path).catch(() => undefined);
    // Something may lie there, but something else: files that were swapped or renumbered.
    const isThere = found?.size === bytes && Math.round(found.mtimeMs) === modified;
    if (!isThere) this.#store.images.relocate([{ id, ...place }]);
  }
}

/** An import that is stopped while it looks for images has found none. */
type Listing = Awaited<ReturnType<typeof listFolder>>;

function noneIfStopped(error: unknown): Listing {
  if (error instanceof UserError && error.code === 'cancelled') return { images: [], problems: [] };
  throw error;
}

function requireLabelsOfTask({ task, name }: Project, images: readonly ImageToImport[]): void {
  if (task === 'several') return;
  const odd = images.find(({ isLabelled, labels }) => isLabelled && labels.length !== 1);
  if (!odd) return;
  const found =
    odd.labels.length === 0 ? 'none of the labels' : `several (${odd.labels.join(', ')})`;
  throw new UserError(
    'invalid-labels',
    `${odd.path} has ${found}, but in the project ${name} an image has one class. Correct the table, or make a project for several labels.`,
  );
}

/** A class's name must be one that the contract knows, or nothing could be shown of the project again. */
function requireClassNames(images: readonly ImageToImport[]): void {
  for (const { path, labels } of images) {
    const bad = labels.find((label) => !className.safeParse(label).success);
    if (bad === undefined) continue;
    throw new UserError(
      'invalid-labels',
      `${path} is labelled “${bad.slice(0, 40)}${bad.length > 40 ? '…' : ''}”, which cannot be the name of a class: it must have 1 to 200 characters that can be seen. Rename the folder or the label.`,
    );
  }
}

async function requireFolder(folder: string, added: number): Promise<void> {
  if (await stat(folder).catch(() => undefined)) return;
  throw new UserError(
    'not-found',
    `${folder} is no longer there; it was moved, removed or its disk taken out. ${added} images came in before that and stay. Import the folder again when it is back.`,
  );
}
