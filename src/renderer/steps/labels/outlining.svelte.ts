import type { Project, ProjectImage } from '../../../contract/app.ts';
import {
  type MaskInfo,
  type MaskLayer,
  type MaskState,
  modelLayer,
} from '../../../contract/masks.ts';
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
import {
  answersOf,
  type FinishQuestion,
  pixelsOf,
  questionOf,
  type RememberedAnswers,
} from '../../viewer/masks/finishing.svelte.ts';
import { SelectableImages } from '../../lib/images/selectable-images.svelte.ts';

/** State to set on an image's mask, to reverse a change. */
interface Mark {
  readonly image: number;
  readonly state: MaskState;
}

/** Images of a project while they are outlined, with the viewer's state and the history of marks. */
export class Outlining extends SelectableImages {
  /** True while the selected image is open in the viewer; the list keeps its order meanwhile. */
  isLarge = $state(false);
  /** Open question before a mask is marked as done; null if none. */
  question: FinishQuestion | null = $state.raw(null);
  readonly #remembered: RememberedAnswers;
  #history: History<Mark> = $state.raw(emptyHistory());
  #counts = '';
  /** Id of the image to select after the list is reloaded, since marks change its order. */
  #kept: number | null = null;

  constructor(project: number) {
    super(project, 'review');
    this.#remembered = answersOf(project);
  }

  /** Reloads the list after marks change, but not while an image is open in the viewer. */
  follow(project: Project, isArriving: boolean): void {
    const counts = `${project.labelled} ${project.drafts}`;
    const isReloaded = this.reloadIfChanged(project, isArriving);
    if (this.isLarge || isReloaded || counts === this.#counts) return;
    if (this.#counts !== '') void this.#reload();
    this.#counts = counts;
  }

  /** Opens the first image to outline in the viewer. @returns false if none is left */
  async openNext(): Promise<boolean> {
    this.show({ show: 'review', search: '' });
    await this.list.renewed();
    const [image] = await this.list.resolve([{ from: 0, to: 1 }]);
    if (image === undefined) return false;
    this.#pick(0);
    this.isLarge = true;
    return image.mask !== 'done';
  }

  closeLarge(): void {
    this.isLarge = false;
    this.list.reload();
  }

  /**
   * Marks the selected image's mask as done or draft. For an empty mask it asks first.
   *
   * @returns true if it was marked
   */
  async mark(state: MaskState): Promise<boolean> {
    const image = this.selected;
    if (image === undefined || this.question !== null) return false;
    if (state === 'done' && image.mask !== 'done' && !(await this.#mayBeDone(image))) return false;
    const reverse = await this.#send({ image: image.id, state }, image.mask ?? 'draft');
    if (reverse !== null) this.#history = recorded(this.#history, reverse);
    return reverse !== null;
  }

  /** True if the image has marked pixels, or the user confirms that all of it is background. */
  async #mayBeDone({ id, name }: ProjectImage): Promise<boolean> {
    try {
      const infos = await call('mask.list', { image: id });
      const info = (layer: MaskLayer): MaskInfo | undefined =>
        infos.find((one) => one.layer === layer);
      if (pixelsOf(info('human')) > 0) return true;
      const hidden = modelLayer.options.findLast((layer) => pixelsOf(info(layer)) > 0) ?? null;
      if (hidden === null && this.#remembered.background !== null) return true;
      const outcome = { kind: 'background', hidden, hasStrokes: false } as const;
      const answer = await questionOf(name, outcome, this.#remembered, (question) => {
        this.question = question;
      });
      // The viewer shows the predicted mask over the image.
      if (answer === 'show' && this.selected?.id === id) this.isLarge = true;
      return answer === 'save' && this.selected?.id === id;
    } catch (error) {
      notices.fail(error);
      return false;
    }
  }

  /** Marks the selected image's mask as done and selects the next image. */
  async accept(): Promise<void> {
    const next = this.list.at(this.selection.focus + 1);
    if (!(await this.mark('done')) || next === undefined) return;
    this.#kept = next.id;
    this.#pickKept();
  }

  /**
   * Records a mask that was marked in the viewer.
   *
   * @param step undo or redo of the viewer that marked it; the same step is then made here
   */
  record(reverse: Mark, step?: Direction): void {
    const next = step === undefined ? undefined : nextEntry(this.#history, step);
    const isSame = next?.image === reverse.image && next.state !== reverse.state;
    this.#history =
      step !== undefined && isSame
        ? moved(this.#history, step, reverse)
        : recorded(this.#history, reverse);
  }

  canGo(direction: Direction): boolean {
    return nextEntry(this.#history, direction) !== undefined;
  }

  async go(direction: Direction): Promise<void> {
    const entry = nextEntry(this.#history, direction);
    if (entry === undefined) return;
    const reverse = await this.#send(entry, entry.state === 'done' ? 'draft' : 'done');
    if (reverse !== null) this.#history = moved(this.#history, direction, reverse);
  }

  async #send(mark: Mark, before: MaskState): Promise<Mark | null> {
    try {
      await call('mask.setState', mark);
      return { image: mark.image, state: before };
    } catch (error) {
      notices.fail(error);
      return null;
    }
  }

  async #reload(): Promise<void> {
    this.#kept = this.selected?.id ?? null;
    this.list.reload();
    await this.list.renewed();
    // The pages arrive after the list.
    await this.list.resolve([{ from: 0, to: 1 }]).catch(() => []);
    this.#pickKept();
  }

  #pickKept(): void {
    const position = this.#kept === null ? null : this.list.positionOf(this.#kept);
    if (position !== null) this.#pick(position);
  }

  #pick(position: number): void {
    this.selection.pick(position, { shiftKey: false, ctrlKey: false, metaKey: false });
  }
}
