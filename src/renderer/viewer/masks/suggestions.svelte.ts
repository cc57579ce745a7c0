import { paintOver } from '../../../core/mask/edit.ts';
import type { MaskPatch } from '../../../core/mask/patch.ts';
import type { Rectangle } from '../../../core/mask/tiles.ts';
import { notices } from '../../lib/notices.svelte.ts';
import { text } from '../../text/index.ts';
import type { Stage } from '../stage.ts';
import type { ViewTransform } from '../view-transform.ts';
import { maskLevelFor } from './layers/mask-layer.ts';
import type { MaskSession } from './mask-session.svelte.ts';
import { Suggesting } from './suggesting.svelte.ts';
import type { ToolSettings } from './tool-settings.svelte.ts';

/** Time in ms that the view must rest before a suggestion is requested for it. */
const restingView = 200;

/** Largest number of images whose strokes are kept after another image is opened. */
const mostLeft = 8;

/** Editor that suggestions are made for. */
export interface SuggestPlace {
  readonly open: MaskSession | null;
  readonly settings: ToolSettings;
  /** Current view; undefined while no image is shown. */
  view(): ViewTransform | undefined;
  /** Redraws a changed part of a layer, or all layers. */
  changed(layer?: 'suggestion' | 'strokes', part?: Rectangle): void;
  /** Called when an accepted suggestion was painted into the user's mask. */
  painted(open: MaskSession, patch: MaskPatch): void;
}

/** Suggestions for the open mask, from the first stroke until they are accepted or another image is opened. */
export class Suggestions {
  current: Suggesting | null = $state.raw(null);
  /** True while the suggestion tool is selected; undo then removes its strokes first. */
  isInHand = $state(false);
  /** True to keep pixels that the user has marked. */
  keeps = $state(true);
  readonly #place: SuggestPlace;
  /** Strokes of images that were left before their suggestion was accepted, the latest last. */
  #left: readonly Suggesting[] = [];

  constructor(place: SuggestPlace) {
    this.#place = place;
  }

  get canUndo(): boolean {
    return this.isInHand && (this.current?.kinds ?? 0) > 0;
  }

  /** True if there is a suggestion that is not accepted yet. */
  get isProposed(): boolean {
    return this.current?.proposal != null;
  }

  /** True if the image has suggestion strokes. */
  get hasStrokes(): boolean {
    return (this.current?.kinds ?? 0) > 0;
  }

  /** Waits for the first suggestion if it is being made; returns true if it was. */
  async arrived(): Promise<boolean> {
    return (await this.current?.arrived()) === true;
  }

  /** True if the suggestion covers the whole image. */
  get isWhole(): boolean {
    return this.current?.isWhole === true;
  }

  /** Undoes the last stroke; false if there is none or another tool is selected. */
  undo(): boolean {
    return this.isInHand && this.current?.undo() === true;
  }

  /** Starts suggestions when their tool is selected. */
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

  /** Restores the strokes that were left on the open image; false if there are none. */
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

  /** Pauses when another tool is selected; strokes stay until they are accepted or another image is opened. */
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

  /** Makes suggestions for the visible part of a stage; returns a function that ends them. */
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
    this.current?.look(view.visible, maskLevelFor(view.scale * window.devicePixelRatio));
  }

  /**
   * Paints the suggestion into the user's mask as one undo step. It paints over marked pixels only if `keeps` is false
   * and the guard allows it.
   *
   * @returns true if anything was painted
   */
  async accept(): Promise<boolean> {
    const { open, settings } = this.#place;
    const { current } = this;
    if (open === null || current === null) return false;
    const painted: MaskPatch[] = [];
    const guard = this.keeps || settings.guard === 'background' ? 'background' : 'everything';
    try {
      await open.painter.settled();
      await current.accept(open.human, paintOver(guard, settings.locked), (patch) => {
        painted.push(patch);
        this.#place.painted(open, patch);
      });
      current.restart();
      if (painted.length === 0) notices.add('attention', text.masks.suggestedNothing);
    } catch (error) {
      notices.fail(error);
    }
    return painted.length > 0;
  }
}
