import type { ViewedImage } from '../../contract/image-view.ts';
import { call } from '../lib/client.ts';
import { type Shown, sharesOf } from './display-range.ts';
import type { ImageFacts } from './image-facts.ts';
import { centreOf } from './image-layer.ts';
import { aspectOf } from './measure.ts';
import { tileBands } from './painter.ts';
import { neighbours } from './slices.ts';
import type { WantedTile } from './tile-loader.ts';
import { tilesFor } from './tile-plan.ts';
import type { ViewTransform } from './view-transform.ts';

/** Slices that are fetched before they are asked for. */
const readAhead = 3;
/** Decoded pixels of an image that is fetched ahead: past them it takes seconds. */
const aheadPixels = 16e6;

export interface StackHooks {
  /** The image that is looked at, and how. */
  image(): ViewedImage | null;
  view(): ViewTransform | null;
  shownOf(image: ViewedImage): Shown;
  /** Other tiles are worth being fetched ahead. */
  changed(): void;
}

/** The slices among which the image is one, and what is fetched of them before they are looked at. */
export class ImageStack {
  ids: readonly number[] = $state.raw([]);
  readonly #hooks: StackHooks;
  readonly #facts: ImageFacts;
  readonly #image: ViewedImage | null = $derived.by(() => this.#hooks.image());
  /** The place of the image in the stack; -1 where it is in none. */
  readonly slice = $derived(this.#image === null ? -1 : this.ids.indexOf(this.#image.id));
  /** Further images that are likely to be looked at next. */
  likely: readonly number[] = [];
  /** Tiles worth being fetched ahead. */
  ahead: readonly WantedTile[] = [];
  #direction: 1 | -1 = 1;
  /** A stack is found by looking into the files beside an image, which may be many. */
  #finding = new AbortController();

  constructor(facts: ImageFacts, hooks: StackHooks) {
    this.#facts = facts;
    this.#hooks = hooks;
  }

  /** An image is looked at: its stack is found, unless it is in the one that is known. */
  show(id: number): void {
    if (this.ids.includes(id)) void this.#lookAhead();
    else void this.#find(id);
  }

  /** The slice so many further in the stack, or back; null at its end. */
  sliceAt(by: number): number | null {
    if (this.slice < 0 || this.ids.length < 2) return null;
    this.#direction = by < 0 ? -1 : 1;
    const to = Math.min(this.ids.length - 1, Math.max(0, this.slice + by));
    return to === this.slice ? null : (this.ids[to] ?? null);
  }

  dispose(): void {
    this.#finding.abort();
  }

  async #find(id: number): Promise<void> {
    this.ids = [id];
    this.#finding.abort();
    this.#finding = new AbortController();
    try {
      const ids = await call('image.stack', { image: id }, this.#finding.signal);
      if (this.#hooks.image()?.id !== id) return;
      this.ids = ids;
      void this.#lookAhead();
    } catch {
      // It is looked at alone then; what is wrong with its file shows there.
    }
  }

  /** Fetches what is next in the stack. */
  async #lookAhead(): Promise<void> {
    const image = this.#hooks.image();
    if (image === null || image.width * image.height > aheadPixels) return;
    const near = [
      ...neighbours(this.ids, image.id, this.#direction, readAhead),
      ...this.likely,
    ].filter((id, index, all) => all.indexOf(id) === index);
    const ahead: WantedTile[] = [];
    for (const id of near) {
      const next = await this.#facts.image(id).catch(() => null);
      if (next === null || this.#hooks.image()?.id !== image.id) return;
      const shown = this.#hooks.shownOf(next);
      const view = this.#hooks.view()?.ofImage(next, aspectOf(next));
      if (view === undefined || next.width * next.height > aheadPixels) continue;
      if (sharesOf(shown, next) !== null) void this.#facts.figures(next, shown).catch(() => null);
      const { places } = tilesFor(
        next.levels,
        view,
        window.devicePixelRatio,
        centreOf(view.visible),
      );
      const bands = tileBands(shown, next);
      ahead.push(...places.map((place) => ({ ...place, image: id, bands })));
    }
    this.ahead = ahead;
    this.#hooks.changed();
  }
}
