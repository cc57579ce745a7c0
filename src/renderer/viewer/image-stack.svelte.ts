import type { ViewedImage } from '../../contract/image-view.ts';
import { call } from '../lib/client.ts';
import { type ShownBands, sharesOf } from './display-range.ts';
import type { ImageFactsCache } from './image-facts.ts';
import { centreOf } from './image-layer.ts';
import { aspectOf } from './tools/measure.ts';
import { tileBands } from './painter.ts';
import { neighbours } from './slices.ts';
import type { WantedTile } from './tiles/tile-loader.ts';
import { tilesFor } from './tiles/tile-plan.ts';
import type { ViewTransform } from './view-transform.ts';

/** Number of slices to prefetch. */
const readAhead = 3;
/** Largest number of pixels of an image that is prefetched; larger ones take seconds to decode. */
const aheadPixels = 16e6;

export interface StackHooks {
  /** Shown image. */
  image(): ViewedImage | null;
  view(): ViewTransform | null;
  shownOf(image: ViewedImage): ShownBands;
  /** Called when `ahead` changes. */
  changed(): void;
}

/** Stack of slices of the shown image, and the prefetching of neighbouring ones. */
export class ImageStack {
  ids: readonly number[] = $state.raw([]);
  readonly #hooks: StackHooks;
  readonly #facts: ImageFactsCache;
  readonly #image: ViewedImage | null = $derived.by(() => this.#hooks.image());
  /** Position of the image in the stack; -1 if it is in none. */
  readonly slice = $derived(this.#image === null ? -1 : this.ids.indexOf(this.#image.id));
  /** IDs of further images that are likely to be opened next. */
  likely: readonly number[] = [];
  /** Tiles to prefetch. */
  ahead: readonly WantedTile[] = [];
  #direction: 1 | -1 = 1;
  /** Cancels the search for the stack, which reads the files beside the image and may take long. */
  #finding = new AbortController();

  constructor(facts: ImageFactsCache, hooks: StackHooks) {
    this.#facts = facts;
    this.#hooks = hooks;
  }

  /** Finds the stack of a newly shown image, unless it is in the current stack. */
  show(id: number): void {
    if (this.ids.includes(id)) void this.#lookAhead();
    else void this.#find(id);
  }

  /** ID of the slice `by` positions further, clamped to the ends; null if there is none or it is the current one. */
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
      // The image is shown without its stack; opening the image reports problems of the file.
    }
  }

  /** Plans the tiles of the next slices to prefetch. */
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
