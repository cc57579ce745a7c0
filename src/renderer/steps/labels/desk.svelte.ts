import type { ImageFilter } from '../../../contract/app.ts';
import { keymap } from '../../lib/keymap.svelte.ts';
import type { ProjectState } from '../../lib/project-state.svelte.ts';
import { ProjectEdits } from '../project/project-edits.svelte.ts';
import { type Given, givenBy, givingKeys } from './label-changes.ts';
import { Labelling } from './labelling.svelte.ts';

/** What a person does at the step of labels: give them by keys, by name or large, and go on. */
export class Desk {
  readonly labelling: Labelling;
  readonly edits: ProjectEdits;
  /** The selected image is looked at large. */
  isLarge = $state(false);
  /** A class is chosen by its name. */
  isPicking = $state(false);
  /** Shows a tile and gives it the focus; where there are tiles. */
  focusOn: ((position: number) => Promise<void>) | undefined;
  readonly #state: ProjectState;

  constructor(state: ProjectState) {
    this.#state = state;
    this.labelling = new Labelling(state);
    this.edits = new ProjectEdits(state);
  }

  async give(given: Given): Promise<void> {
    this.#goOn(await this.labelling.give(given));
  }

  /** Adds a class and gives it. */
  async giveNew(name: string): Promise<void> {
    await this.edits.addClass(name);
    const added = this.#state.project.classes.find((one) => one.name === name);
    if (added !== undefined) await this.give(added.id);
  }

  async goToNext(): Promise<void> {
    if (this.labelling.isReviewing) {
      this.#goOn(await this.labelling.accept());
      return;
    }
    const { count, focus } = this.labelling.selection;
    this.#goOn(await this.labelling.nextUnlabelled(count === 0 ? focus : focus + 1));
  }

  /** Lists images to label and goes to the first of them. */
  async goToFirst(show: ImageFilter['show']): Promise<void> {
    this.#goOn(await this.labelling.firstUnlabelled(show));
  }

  closeLarge(): void {
    this.isLarge = false;
    void this.focusOn?.(this.labelling.selection.focus);
  }

  /** Whether a key was for labels. */
  onkey(event: KeyboardEvent): boolean {
    if (!this.#answers(event)) return false;
    event.preventDefault();
    return true;
  }

  #answers(event: KeyboardEvent): boolean {
    if (keymap.matches(event, 'accept')) {
      void this.goToNext();
      return true;
    }
    const { classes, task } = this.#state.project;
    const key = keymap.find(event, givingKeys);
    const given = key === undefined ? null : givenBy(key, classes, task);
    if (keymap.matches(event, 'class-by-name')) this.isPicking = this.labelling.selection.count > 0;
    else if (given !== null) void this.give(given);
    else return false;
    return true;
  }

  #goOn(position: number | null): void {
    if (position === null) return;
    this.labelling.selection.pick(position, { shiftKey: false, ctrlKey: false, metaKey: false });
    void this.focusOn?.(position);
  }
}
