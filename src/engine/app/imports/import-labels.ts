import type { LabelChange, Project } from '../../../contract/app.ts';
import { nextColour } from '../../../contract/palette.ts';
import type { ImageProblem } from '../../../formats/labels/labelled-images.ts';
import { placeName } from '../../../formats/labels/labelled-images.ts';
import type { AddedImage } from '../../../store/queries/images.ts';
import type { Store } from '../../../store/store.ts';
import { writtenName } from './import-checks.ts';
import type { ImageToImport } from './import-images.ts';
import { fileNoteText } from '../../../text/index.ts';

/** Labels of an image, and their origin. */
interface KnownLabels {
  /** Sorted, so that sets can be compared. */
  readonly labels: readonly string[];
  /** Origin of the labels; null if they predate this import. */
  readonly place: string | null;
}

/**
 * Labels of one import. New images get the labels found for them, known images only if they have none yet. Conflicts
 * are never resolved silently: labels given by the user stay, two folders that disagree leave the image unlabelled,
 * and both cases are reported.
 */
export class ImportLabels {
  readonly #store: Store;
  readonly #project: Project;
  readonly #report: (problem: ImageProblem) => void;
  readonly #known = new Map<number, KnownLabels>();

  constructor(store: Store, project: Project, report: (problem: ImageProblem) => void) {
    this.#store = store;
    this.#project = project;
    this.#report = report;
  }

  /** @param added imported rows of the images, in the same order */
  apply(images: readonly ImageToImport[], added: readonly AddedImage[]): void {
    // Read again each time: classes may change during the import.
    const known = this.#store.classes.list(this.#project.id);
    const classes = new Map(known.map(({ name, id }) => [name, id]));
    const names = new Map(known.map(({ name, id }) => [id, name]));
    const changes = images.flatMap((image, index): LabelChange[] => {
      const row = added[index];
      if (!row || !image.isLabelled) return [];
      const labels = this.#decide(row, image, names);
      if (labels === undefined) return [];
      const ids = labels?.map((name) => this.#classNamed(classes, name)) ?? null;
      return [{ image: row.id, classes: ids }];
    });
    if (changes.length > 0) this.#store.labels.set(this.#project.id, changes);
    this.#assignKnown(images, added);
  }

  /** Updates test use and group of known images, which may be stated later. */
  #assignKnown(images: readonly ImageToImport[], added: readonly AddedImage[]): void {
    const known = images.flatMap(({ isTest, group }, index) => {
      const row = added[index];
      return row?.isNew === false ? [{ id: row.id, isTest, group }] : [];
    });
    this.#store.images.assign(this.#project.id, known);
  }

  /** Labels to set: null removes them, undefined leaves them unchanged. */
  #decide(
    { id, isNew }: AddedImage,
    image: ImageToImport,
    names: ReadonlyMap<number, string>,
  ): readonly string[] | null | undefined {
    const labels = image.labels.map(writtenName).sort();
    const path = placeName(image);
    const here = { path, labels };
    const before = this.#known.get(id) ?? (isNew ? undefined : this.#earlierLabels(id, names));
    if (before === undefined) {
      this.#known.set(id, { labels, place: path });
      return labels;
    }
    this.#known.set(id, before);
    if (before.labels.join('\n') === labels.join('\n')) return undefined;
    if (before.place === null) {
      this.#report({ path, reason: fileNoteText.otherLabelInProject(here, before.labels) });
      return undefined;
    }
    if (this.#project.task === 'several') {
      const all = [...new Set([...before.labels, ...labels])].sort();
      this.#known.set(id, { labels: all, place: before.place });
      return all;
    }
    const other = { path: before.place, labels: before.labels };
    this.#report({ path, reason: fileNoteText.otherLabelOfSameImage(here, other) });
    return null;
  }

  #earlierLabels(id: number, names: ReadonlyMap<number, string>): KnownLabels | undefined {
    const { isLabelled, classes } = this.#store.images.get(id);
    if (!isLabelled) return undefined;
    return { labels: classes.flatMap((one) => names.get(one) ?? []).sort(), place: null };
  }

  #classNamed(classes: Map<string, number>, name: string): number {
    const known = classes.get(name);
    if (known !== undefined) return known;
    const taken = this.#store.classes.list(this.#project.id).map(({ colour }) => colour);
    const id = this.#store.classes.add(this.#project.id, { name, colour: nextColour(taken) });
    classes.set(name, id);
    return id;
  }
}
