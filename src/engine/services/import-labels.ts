import type { LabelChange, Project } from '../../contract/app.ts';
import { nextColour } from '../../contract/palette.ts';
import type { ImageProblem } from '../../formats/labelled-images.ts';
import { placeName } from '../../formats/labelled-images.ts';
import type { AddedImage } from '../../store/queries/images.ts';
import type { Store } from '../../store/store.ts';
import { writtenName } from './import-checks.ts';
import type { ImageToImport } from './import-images.ts';

/** What an image is labelled, and who says so. */
interface Said {
  /** In an order of their own, so that sets can be compared. */
  readonly labels: readonly string[];
  /** Null: it was so before this import. */
  readonly place: string | null;
}

/**
 * The labels that one import brings. New images get what is said of them, known ones only where nobody has
 * said anything yet. Where the same image is labelled in two ways nothing is decided in silence: what a
 * person has said stays, two folders that disagree leave it without a label, and both are told of.
 */
export class ImportLabels {
  readonly #store: Store;
  readonly #project: Project;
  readonly #tell: (problem: ImageProblem) => void;
  readonly #said = new Map<number, Said>();

  constructor(store: Store, project: Project, tell: (problem: ImageProblem) => void) {
    this.#store = store;
    this.#project = project;
    this.#tell = tell;
  }

  /** @param added what became of each image, in the same order */
  apply(images: readonly ImageToImport[], added: readonly AddedImage[]): void {
    // Asked anew each time: classes may come and go while images come in.
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

  /** That an image is held out, or whose it is, may be said after it came in. */
  #assignKnown(images: readonly ImageToImport[], added: readonly AddedImage[]): void {
    const known = images.flatMap(({ isTest, group }, index) => {
      const row = added[index];
      return row?.isNew === false ? [{ id: row.id, isTest, group }] : [];
    });
    this.#store.images.assign(this.#project.id, known);
  }

  /** The labels to set: null takes them away, undefined leaves them. */
  #decide(
    { id, isNew }: AddedImage,
    image: ImageToImport,
    names: ReadonlyMap<number, string>,
  ): readonly string[] | null | undefined {
    const labels = image.labels.map(writtenName).sort();
    const before = this.#said.get(id) ?? (isNew ? undefined : this.#saidBefore(id, names));
    if (before === undefined) {
      this.#said.set(id, { labels, place: placeName(image) });
      return labels;
    }
    this.#said.set(id, before);
    if (before.labels.join('\n') === labels.join('\n')) return undefined;
    if (before.place === null) {
      this.#note(
        image,
        `is labelled ${list(before.labels)} in the project, and ${list(labels)} here. The project’s label was kept; change it in Labels if it is wrong.`,
      );
      return undefined;
    }
    if (this.#project.task === 'several') {
      const all = [...new Set([...before.labels, ...labels])].sort();
      this.#said.set(id, { labels: all, place: before.place });
      return all;
    }
    this.#note(
      image,
      `is the same image as ${before.place}, which is labelled ${list(before.labels)} and not ${list(labels)}. It was left without a label; give it the right one in Labels.`,
    );
    return null;
  }

  #saidBefore(id: number, names: ReadonlyMap<number, string>): Said | undefined {
    const { isLabelled, classes } = this.#store.images.get(id);
    if (!isLabelled) return undefined;
    return { labels: classes.flatMap((one) => names.get(one) ?? []).sort(), place: null };
  }

  #note(image: ImageToImport, what: string): void {
    const path = placeName(image);
    this.#tell({ path, reason: `${path} ${what}` });
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

function list(labels: readonly string[]): string {
  return labels.length === 0
    ? 'as none of the classes'
    : labels.map((one) => `“${one}”`).join(', ');
}
