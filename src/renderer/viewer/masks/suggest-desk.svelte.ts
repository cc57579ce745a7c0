import { paintOver } from '../../../core/mask/edit.ts';
import type { MaskPatch } from '../../../core/mask/patch.ts';
import type { Rectangle } from '../../../core/mask/tiles.ts';
import { notices } from '../../lib/notices.svelte.ts';
import type { Stage } from '../stage.ts';
import type { ViewTransform } from '../view-transform.ts';
import { levelFor } from './mask-layer.ts';
import type { OpenMask } from './open-mask.svelte.ts';
import { Suggesting } from './suggesting.svelte.ts';
import type { ToolSettings } from './tool-settings.svelte.ts';

/** ms that a view must rest before a suggestion is made for it. */
const restingView = 200;

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

  constructor(place: SuggestPlace) {
    this.#place = place;
  }

  get canUndo(): boolean {
    return this.isInHand && (this.current?.kinds ?? 0) > 0;
  }

  /** Takes the last stroke back; false where there is none, or another tool is in hand. */
  undo(): boolean {
    return this.isInHand && this.current?.undo() === true;
  }

  /** Their tool is in hand. */
  start(): void {
    const { open } = this.#place;
    this.isInHand = true;
    if (open === null || this.current !== null) return;
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

  /** Another tool is in hand: strokes stay until they are accepted, or the image is left. */
  rest(): void {
    this.isInHand = false;
    if (this.current?.kinds === 0) this.#end();
  }

  #end(): void {
    this.current?.dispose();
    this.current = null;
    this.#place.changed();
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

  /** Paints what is proposed into the person's mask, where it may be painted; one step to undo. */
  async accept(): Promise<void> {
    const { open, settings } = this.#place;
    const { current } = this;
    if (open === null || current === null) return;
    const guard = settings.guard === 'background' ? 'background' : 'everything';
    try {
      await open.painter.settled();
      await current.accept(open.human, paintOver(guard, settings.locked), (patch) => {
        this.#place.painted(open, patch);
      });
      current.restart();
    } catch (error) {
      notices.fail(error);
    }
  }
}
