import type { ImageFilter } from '../../../contract/app.ts';
import { keymap } from '../../lib/keys/keymap.svelte.ts';
import type { ProjectState } from '../../lib/project-state.svelte.ts';
import { ProjectEdits } from '../project/project-edits.svelte.ts';
import { choiceOfKey, type LabelChoice, labelKeys } from './label-changes.ts';
import { Labelling } from './labelling.svelte.ts';

/** State of the labels step: gives labels by key, by name or in the viewer, and moves to the next image. */
export class LabelsView {
  readonly labelling: Labelling;
  readonly edits: ProjectEdits;
  /** True while the selected image is open in the viewer. */
  isLarge = $state(false);
  /** True while a class is chosen by name. */
  isPicking = $state(false);
  /** Scrolls to a tile and focuses it; undefined while there is no grid. */
  focusOn: ((position: number) => Promise<void>) | undefined;
  readonly #state: ProjectState;

  constructor(state: ProjectState) {
    this.#state = state;
    this.labelling = new Labelling(state);
    this.edits = new ProjectEdits(state);
  }

  async give(choice: LabelChoice): Promise<void> {
    this.#goOn(await this.labelling.give(choice));
  }

  /** Adds a class and gives it to the selected images. */
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

  /** Lists images to label and selects the first of them. */
  async goToFirst(show: ImageFilter['show']): Promise<void> {
    this.#goOn(await this.labelling.firstUnlabelled(show));
  }

  closeLarge(): void {
    this.isLarge = false;
    void this.focusOn?.(this.labelling.selection.focus);
  }

  /** Handles a key. @returns true if the key was for labels */
  onkey(event: KeyboardEvent): boolean {
    if (!this.#handle(event)) return false;
    event.preventDefault();
    return true;
  }

  #handle(event: KeyboardEvent): boolean {
    if (keymap.matches(event, 'accept')) {
      void this.goToNext();
      return true;
    }
    const { classes, task } = this.#state.project;
    const key = keymap.find(event, labelKeys);
    const choice = key === undefined ? null : choiceOfKey(key, classes, task);
    if (keymap.matches(event, 'class-by-name')) this.isPicking = this.labelling.selection.count > 0;
    else if (choice !== null) void this.give(choice);
    else return false;
    return true;
  }

  #goOn(position: number | null): void {
    if (position === null) return;
    this.labelling.selection.pick(position, { shiftKey: false, ctrlKey: false, metaKey: false });
    void this.focusOn?.(position);
  }
}
