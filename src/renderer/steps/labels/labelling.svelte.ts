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
import { acceptedOf } from '../../components/grid/said-review.ts';
import { fits } from '../../lib/image-list.svelte.ts';
import { SelectableImages } from '../../lib/selectable-images.svelte.ts';
import { changesFor, type Given } from './label-changes.ts';

/** The engine takes this many changes at a time. */
const changesAtOnce = 10_000;

/** Of images that are not here yet, when looking for one without a label. */
const pagesToSearch = 20;

/** Held-out images without a label teach nothing, so the others come first. */
function toLabel({ marked }: Project): ImageFilter['show'] {
  return marked.unlabelled > 0 ? 'to-label' : 'unlabelled';
}

/** Labelling a project's images: what is in sight, selected, and was done. */
export class Labelling extends SelectableImages {
  /** What was taken back or done again last; null once something else was done. */
  lastMove: { readonly direction: Direction; readonly images: number } | null = $state.raw(null);
  readonly #state: ProjectState;
  /** Changes are applied one after the other, so that each is undone from where it left off. */
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

  /** Puts away what was labelled since the filter was chosen. */
  tidy(): void {
    this.show({});
  }

  /** Gives the selected images a label; the position to go on with, null to stay. */
  async give(given: Given): Promise<number | null> {
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
    // With several labels an image may get more; Enter goes on.
    return task === 'single' && given !== 'unlabelled' ? this.next(after) : null;
  }

  /** Whether what to look at next is in sight. */
  get isReviewing(): boolean {
    return this.list.filter.show === 'review';
  }

  /** Takes what is shown of the selected image as right: its label, or what the student says; the position to go on with. */
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

  /** Where to go on from a position. */
  async next(from: number): Promise<number | null> {
    return this.isReviewing ? this.#nextToReview(from) : this.nextUnlabelled(from);
  }

  /** The queue is in the order of what helps most, so it is gone through once, to its end. */
  async #nextToReview(from: number): Promise<number | null> {
    await this.list.renewed();
    const total = this.list.total ?? 0;
    for (let position = from; position < total; position++) {
      const image = this.list.at(position);
      if (image === undefined || fits(image, this.list.filter)) return position;
    }
    return null;
  }

  /** Lists images to label, and gives the first of them; null where there is none. */
  async firstUnlabelled(show: ImageFilter['show']): Promise<number | null> {
    const wanted = show === 'to-label' ? toLabel(this.#state.project) : show;
    this.show({ show: wanted });
    return this.next(0);
  }

  /** The next image without a label, from a position on and then from the start; null if none is near. */
  async nextUnlabelled(from: number): Promise<number | null> {
    // Under another filter, what is still in sight says nothing, and what is selected in it is let go.
    await this.list.renewed();
    const total = this.list.total ?? 0;
    let fetched = 0;
    for (let step = 0; step < total; step++) {
      const position = (from + step) % total;
      if (this.list.at(position) === undefined) {
        // Where only such are listed, it is looked at when it is there.
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

  /** In a row: keys that repeat come quicker than answers. Selects what it changed, where that is in sight. */
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

  /** Of one image only: many are not looked at one by one. */
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

  /** Sends changes and shows them at once; gives what reverses them, or null where that failed. */
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
      // Images or classes are gone, perhaps: what was done before cannot be trusted to be undone.
      this.#history = emptyHistory();
      this.list.reload();
      return null;
    }
  }
}
