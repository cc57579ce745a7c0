import type { ImageFilter, LabelChange, Project } from '../../../contract/app.ts';
import { call } from '../../lib/client.ts';
import {
  type Direction,
  emptyHistory,
  type History,
  moved,
  nextEntry,
  recorded,
} from '../../lib/history.ts';
import { notices } from '../../lib/notices.svelte.ts';
import type { ProjectState } from '../../lib/project-state.svelte.ts';
import { acceptedOf } from '../../components/grid/review-reason.ts';
import { fits } from '../../lib/images/image-list.svelte.ts';
import { SelectableImages } from '../../lib/images/selectable-images.svelte.ts';
import { changesFor, type LabelChoice } from './label-changes.ts';

/** Number of changes that the engine accepts per request. */
const changesAtOnce = 10_000;

/** Number of pages that are loaded in search of an unlabelled image. */
const pagesToSearch = 20;

/** Filter for images to label. Labels of held-out images are not learnt from, so the other images come first. */
function toLabel({ marked }: Project): ImageFilter['show'] {
  return marked.unlabelled > 0 ? 'to-label' : 'unlabelled';
}

/** Images of a project while they are labelled, with selection and undo history. */
export class Labelling extends SelectableImages {
  /** The latest undo or redo; null after another change. */
  lastMove: { readonly direction: Direction; readonly images: number } | null = $state.raw(null);
  readonly #state: ProjectState;
  /** Resolves after the latest change; changes to the history wait for it, so that they keep their order. */
  #tail: Promise<void> = Promise.resolve();

  constructor(state: ProjectState) {
    const { project } = state;
    super(project.id, project.labelled === project.images ? 'all' : toLabel(project));
    this.#state = state;
  }

  follow(project: Project, isArriving: boolean): void {
    this.reloadIfChanged(project, isArriving);
  }

  get #history(): History<LabelChange[]> {
    return this.#state.labelHistory;
  }

  set #history(history: History<LabelChange[]>) {
    this.#state.labelHistory = history;
  }

  /** Hides images that were labelled since the filter was chosen. */
  tidy(): void {
    this.show({});
  }

  /** Gives the selected images a label. @returns the position of the next image; null to stay */
  async give(given: LabelChoice): Promise<number | null> {
    const { ranges } = this.selection;
    const after = ranges.at(-1)?.to;
    if (after === undefined) return null;
    const { task } = this.#state.project;
    try {
      const changes = changesFor(await this.list.resolve(ranges), given, task);
      if (changes.length > 0) this.#label(changes);
    } catch (error) {
      notices.fail(error);
      return null;
    }
    // With several labels an image may get more; Enter moves to the next image.
    return task === 'single' && given !== 'unlabelled' ? this.next(after) : null;
  }

  /** True if the review queue is shown. */
  get isReviewing(): boolean {
    return this.list.filter.show === 'review';
  }

  /**
   * Confirms the selected image's label, or the student's prediction.
   *
   * @returns the position of the next image; null to stay
   */
  async accept(): Promise<number | null> {
    const image = this.selected;
    const { count, focus } = this.selection;
    if (image === undefined) return this.next(count === 0 ? focus : focus + 1);
    const { task, classes } = this.#state.project;
    const accepted = acceptedOf(image, task, classes);
    const isNew = accepted !== null && image.isReviewed !== true;
    if (isNew) this.#label([{ image: image.id, classes: accepted, isReviewed: true }]);
    return this.next(focus + 1);
  }

  /** Position of the next image to review or label, starting at `from`; null if none is near. */
  async next(from: number): Promise<number | null> {
    return this.isReviewing ? this.#nextToReview(from) : this.nextUnlabelled(from);
  }

  /** Next position in the queue, which is sorted by usefulness and therefore does not start over at its end. */
  async #nextToReview(from: number): Promise<number | null> {
    await this.list.renewed();
    const total = this.list.total ?? 0;
    for (let position = from; position < total; position++) {
      const image = this.list.at(position);
      if (image === undefined || fits(image, this.list.filter)) return position;
    }
    return null;
  }

  /** Lists images to label. @returns the position of the first of them; null if there is none */
  async firstUnlabelled(show: ImageFilter['show']): Promise<number | null> {
    const wanted = show === 'to-label' ? toLabel(this.#state.project) : show;
    this.show({ show: wanted });
    return this.next(0);
  }

  /** Position of the next unlabelled image, searched from `from` on and then from the start; null if none is near. */
  async nextUnlabelled(from: number): Promise<number | null> {
    // After a change of filter, the old list does not count, and its selection is dropped.
    await this.list.renewed();
    const total = this.list.total ?? 0;
    let fetched = 0;
    for (let step = 0; step < total; step++) {
      const position = (from + step) % total;
      if (this.list.at(position) === undefined) {
        // All images of this filter are unlabelled, so it need not be loaded first.
        if (['unlabelled', 'to-label'].includes(String(this.list.filter.show))) return position;
        if (++fetched > pagesToSearch) return null;
        await this.list.resolve([{ from: position, to: position + 1 }]);
      }
      if (this.list.at(position)?.isLabelled === false) return position;
    }
    return null;
  }

  canGo(direction: Direction): boolean {
    return nextEntry(this.#history, direction) !== undefined;
  }

  /** Undoes or redoes in sequence, since repeated keys arrive faster than answers. Selects a changed image. */
  go(direction: Direction): Promise<void> {
    const before = this.#tail;
    this.#tail = (async () => {
      await before;
      const entry = nextEntry(this.#history, direction);
      if (entry === undefined) return;
      const reverse = await this.#send(entry);
      if (reverse === null) return;
      this.#history = moved(this.#history, direction, reverse);
      await this.list.renewed();
      this.#select(entry);
      this.lastMove = { direction, images: entry.length };
    })();
    return this.#tail;
  }

  /** Selects the changed image; does nothing for several. */
  #select(changes: readonly LabelChange[]): void {
    const [change] = changes;
    if (change === undefined || changes.length > 1) return;
    const position = this.list.positionOf(change.image);
    if (position === null) return;
    this.selection.pick(position, { shiftKey: false, ctrlKey: false, metaKey: false });
  }

  #label(changes: LabelChange[]): void {
    this.lastMove = null;
    const sent = this.#send(changes);
    const before = this.#tail;
    this.#tail = (async () => {
      await before;
      const reverse = await sent;
      if (reverse !== null) this.#history = recorded(this.#history, reverse);
    })();
  }

  /** Sends changes and shows them at once. @returns the changes that reverse them; null if it failed */
  async #send(changes: LabelChange[]): Promise<LabelChange[] | null> {
    const parts: LabelChange[][] = [];
    for (let from = 0; from < changes.length; from += changesAtOnce)
      parts.push(changes.slice(from, from + changesAtOnce));
    const { id } = this.#state.project;
    const sent = parts.map((part) => call('image.label', { project: id, changes: part }));
    this.list.apply(changes);
    try {
      return (await Promise.all(sent)).flat();
    } catch (error) {
      notices.fail(error);
      // Images or classes may have been removed, so earlier changes may no longer be undone.
      this.#history = emptyHistory();
      this.list.reload();
      return null;
    }
  }
}
