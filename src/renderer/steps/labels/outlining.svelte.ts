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
import { SelectableImages } from '../../lib/selectable-images.svelte.ts';

/** What reverses a mark. */
interface Mark {
  readonly image: number;
  readonly state: MaskState;
}

/** Outlining a project's images: what is in sight, which is looked at large, and what was marked as done. */
export class Outlining extends SelectableImages {
  /** The selected image is looked at large: meanwhile the list stays in its order. */
  isLarge = $state(false);
  /** What is asked before a mask is done. */
  question: FinishQuestion | null = $state.raw(null);
  readonly #remembered: RememberedAnswers;
  #history: History<Mark> = $state.raw(emptyHistory());
  #counts = '';
  /** The image that is selected again when the list was asked again: what is marked changes its order. */
  #kept: number | null = null;

  constructor(project: number) {
    super(project, 'review');
    this.#remembered = answersOf(project);
  }

  /** The list follows what is marked, but not under the hands of whoever looks at its images. */
  follow(project: Project, isArriving: boolean): void {
    const counts = `${project.labelled} ${project.drafts}`;
    const isReloaded = this.reloadIfChanged(project, isArriving);
    if (this.isLarge || isReloaded || counts === this.#counts) return;
    if (this.#counts !== '') void this.#reload();
    this.#counts = counts;
  }

  /** Looks at the first of those to outline; false where none is left. */
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
   * Marks the selected image's mask. Where nothing is marked on it, that is asked about first.
   *
   * @returns whether it is marked
   */
  async mark(state: MaskState): Promise<boolean> {
    const image = this.selected;
    if (image === undefined || this.question !== null) return false;
    if (state === 'done' && image.mask !== 'done' && !(await this.#mayBeDone(image))) return false;
    const reverse = await this.#send({ image: image.id, state }, image.mask ?? 'draft');
    if (reverse !== null) this.#history = recorded(this.#history, reverse);
    return reverse !== null;
  }

  /** Whether something is marked on the image, or a person says that all of it is background. */
  async #mayBeDone({ id, name }: ProjectImage): Promise<boolean> {
    try {
      const infos = await call('mask.list', { image: id });
      const info = (layer: MaskLayer): MaskInfo | undefined =>
        infos.find((one) => one.layer === layer);
      if (pixelsOf(info('human')) > 0) return true;
      const hidden = modelLayer.options.findLast((layer) => pixelsOf(info(layer)) > 0) ?? null;
      if (hidden === null && this.#remembered.background !== null) return true;
      const outcome = { kind: 'background', hidden } as const;
      const answer = await questionOf(name, outcome, this.#remembered, (question) => {
        this.question = question;
      });
      // What was predicted is seen on the image itself.
      if (answer === 'show' && this.selected?.id === id) this.isLarge = true;
      return answer === 'save' && this.selected?.id === id;
    } catch (error) {
      notices.fail(error);
      return false;
    }
  }

  /** Marks it as done and goes on to the next. */
  async accept(): Promise<void> {
    const next = this.list.at(this.selection.focus + 1);
    if (!(await this.mark('done')) || next === undefined) return;
    this.#kept = next.id;
    this.#pickKept();
  }

  /**
   * A mask was marked in the viewer.
   *
   * @param step the step back or forth of the viewer that this was: it is one here too
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
    // The pages come just after.
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
