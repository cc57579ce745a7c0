import { paintOver } from '../../../core/mask/edit.ts';
import type { MaskPatch } from '../../../core/mask/patch.ts';
import type { Rectangle } from '../../../core/mask/tiles.ts';
import { notices } from '../../lib/notices.svelte.ts';
import { text } from '../../text/index.ts';
import type { Stage } from '../stage.ts';
import type { ViewTransform } from '../view-transform.ts';
import { levelFor } from './mask-layer.ts';
import type { OpenMask } from './open-mask.svelte.ts';
import { Suggesting } from './suggesting.svelte.ts';
import type { ToolSettings } from './tool-settings.svelte.ts';

/** ms that a view must rest before a suggestion is made for it. */
const restingView = 200;

/** Images whose strokes are kept when they are left. */
const mostLeft = 8;

/** What suggestions are for. */
export interface SuggestPlace {
  readonly open: OpenMask | null;
  readonly settings: ToolSettings;
  /** Undefined while no image is looked at. */
  view(): ViewTransform | undefined;
  /** A part of a layer is another; of all of them where none is named. */
  changed(layer?: 'suggestion' | 'strokes', part?: Rectangle): void;
  /** What was proposed is painted into the person's mask. */
  painted(open: OpenMask, patch: MaskPatch): void;
}

/** Suggestions for the mask that is open: from the first stroke until they are accepted, or the image is left. */
export class SuggestDesk {
  current: Suggesting | null = $state.raw(null);
  /** Whether their tool is in hand: undoing is about its strokes first. */
  isInHand = $state(false);
  readonly #place: SuggestPlace;
  /** Strokes on images that were left before what they propose was accepted, those left last at the end. */
  #left: readonly Suggesting[] = [];

  constructor(place: SuggestPlace) {
    this.#place = place;
  }

  get canUndo(): boolean {
    return this.isInHand && (this.current?.kinds ?? 0) > 0;
  }

  /** Whether something is proposed that is not accepted. */
  get isProposed(): boolean {
    return this.current?.proposal != null;
  }

  /** Whether what is proposed is for all of the image. */
  get isWhole(): boolean {
    return this.current?.isWhole === true;
  }

  /** Takes the last stroke back; false where there is none, or another tool is in hand. */
  undo(): boolean {
    return this.isInHand && this.current?.undo() === true;
  }

  /** Their tool is in hand. */
  start(): void {
    const { open } = this.#place;
    this.isInHand = true;
    if (open === null || this.current !== null || this.restore()) return;
    this.current = new Suggesting(open.image, {
      changed: (layer, part) => {
        this.#place.changed(layer, part);
      },
      failed: (error) => {
        notices.fail(error);
      },
    });
    this.#look();
  }

  /** Takes up again what was left on the image that is open; false where there is nothing. */
  restore(): boolean {
    const { open } = this.#place;
    const left = this.#left.find(({ image }) => image.id === open?.image.id);
    if (left === undefined || this.current !== null) return false;
    this.#left = this.#left.filter((one) => one !== left);
    this.current = left;
    this.#place.changed();
    this.#look();
    void left.ask();
    return true;
  }

  /** Another tool is in hand: strokes stay until they are accepted, or the image is left. */
  rest(): void {
    this.isInHand = false;
    if (this.current?.kinds === 0) this.#end();
  }

  #end(): void {
    const { current } = this;
    current?.dispose();
    if (current !== null && current.kinds > 0) this.#leave(current);
    this.current = null;
    this.#place.changed();
  }

  #leave(current: Suggesting): void {
    const others = this.#left.filter(({ image }) => image.id !== current.image.id);
    this.#left = [...others, current].slice(-mostLeft);
    if (current.proposal === null) return;
    notices.add('attention', text.masks.finish.suggestionLeft(current.image.name));
  }

  /** They are for what is in view on a stage, until the function that it returns is called, which ends them. */
  follow(stage: Stage): () => void {
    let resting: ReturnType<typeof setTimeout> | undefined;
    const unfollow = stage.follow(() => {
      clearTimeout(resting);
      resting = setTimeout(() => {
        this.#look();
      }, restingView);
    });
    return () => {
      clearTimeout(resting);
      unfollow();
      this.#end();
    };
  }

  #look(): void {
    const view = this.#place.view();
    if (view === undefined) return;
    this.current?.look(view.visible, levelFor(view.scale * window.devicePixelRatio));
  }

  /**
   * Paints what is proposed into the person's mask, where it may be painted; one step to undo.
   *
   * @returns whether something was painted
   */
  async accept(): Promise<boolean> {
    const { open, settings } = this.#place;
    const { current } = this;
    if (open === null || current === null) return false;
    let isPainted = false;
    const guard = settings.guard === 'background' ? 'background' : 'everything';
    try {
      await open.painter.settled();
      await current.accept(open.human, paintOver(guard, settings.locked), (patch) => {
        isPainted = true;
        this.#place.painted(open, patch);
      });
      current.restart();
    } catch (error) {
      notices.fail(error);
    }
    return isPainted;
  }
}
