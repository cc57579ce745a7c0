import type { Suggestion } from '../../../contract/masks.ts';
import { type MaskPatch, patchOf } from '../../../core/mask/patch.ts';
import { SparseMask } from '../../../core/mask/sparse-mask.ts';
import type { TiledValues } from '../../../core/mask/sparse-mask.ts';
import { tilesIn, tileSide } from '../../../core/mask/tiles.ts';
import type { Rectangle } from '../../../core/mask/tiles.ts';
import { call } from '../../lib/client.ts';
import { LayerTiles, sizeAt } from './layers/layer-tiles.ts';
import type { LayerSource } from './layers/mask-layer.ts';
import type { EditedImage } from './mask-session.svelte.ts';
import { MaskPainter } from './edits/painter.ts';
import { splitIntoBlocks, countValues, paintProposal, withinImage } from './edits/proposal.ts';

/** Value of strokes that mark pixels with none of the classes. */
export const noneStroke = 255;

/** Largest side of a region per request, px. */
const blockSide = 8 * tileSide;

export interface SuggestingHooks {
  changed(layer: 'suggestion' | 'strokes', part: Rectangle): void;
  readonly failed: (error: unknown) => void;
}

/**
 * Example strokes on an image and the suggestion made from them. Both exist only in the window until the suggestion is
 * accepted.
 */
export class Suggesting implements LayerSource {
  readonly image: EditedImage;
  strokes: LayerTiles;
  painter: MaskPainter;
  isBusy = $state(false);
  /** Number of classes with strokes, "none of the classes" included; two are needed. */
  kinds = $state(0);
  proposal: Suggestion | null = $state.raw(null);
  readonly #hooks: SuggestingHooks;
  #past: MaskPatch[] = [];
  #values: { readonly level: number; readonly mask: SparseMask } | undefined;
  #asking: AbortController | undefined;
  #asked: Promise<void> = Promise.resolve();
  #hasFailed = false;
  /** Region and level of the latest request. */
  #view: { readonly region: Rectangle; readonly level: number } | undefined;

  constructor(image: EditedImage, hooks: SuggestingHooks) {
    this.image = image;
    this.#hooks = hooks;
    this.strokes = this.#noStrokes();
    this.painter = this.#newPainter();
  }

  at(level: number): TiledValues {
    if (this.#values?.level === level) return this.#values.mask;
    return new SparseMask(sizeAt(this.image, level));
  }

  want(): void {
    // All tiles arrive together with the suggestion.
  }

  /** True if the whole image is in view, so that the suggestion covers it. */
  get isWhole(): boolean {
    const { width, height } = this.image;
    const region = this.#view?.region;
    return region?.x === 0 && region.y === 0 && region.width >= width && region.height >= height;
  }

  /** Sets the part of the image to make suggestions for, px of the image. */
  look(region: Rectangle, level: number): void {
    const part = withinImage(region, this.image);
    if (part === undefined) return;
    const isSame =
      this.#view?.level === level && JSON.stringify(part) === JSON.stringify(this.#view.region);
    if (isSame) return;
    this.#view = { region: part, level };
    if (this.kinds > 1) void this.ask();
    else void this.#prepare(part, level);
  }

  /** Waits for the first suggestion if it is being made; returns true if it was. */
  async arrived(): Promise<boolean> {
    await this.painter.settled();
    if (!this.isBusy || this.proposal !== null) return false;
    let asked: Promise<void>;
    do {
      asked = this.#asked;
      await asked;
    } while (asked !== this.#asked);
    return true;
  }

  /** Requests a suggestion and aborts an earlier request. */
  ask(): Promise<void> {
    this.#asked = this.#ask();
    return this.#asked;
  }

  async #ask(): Promise<void> {
    this.#asking?.abort();
    if (this.kinds < 2 || this.#view === undefined) {
      this.#show(null, 0);
      return;
    }
    const asking = new AbortController();
    this.#asking = asking;
    this.isBusy = true;
    const { region, level } = this.#view;
    try {
      this.#show(await this.#request(region, level, asking.signal), level);
    } catch (error) {
      if (!asking.signal.aborted) this.#hooks.failed(error);
    } finally {
      if (this.#asking === asking) this.isBusy = false;
    }
  }

  /** Undoes the last stroke; false if there is none. */
  undo(): boolean {
    const patch = this.#past.pop();
    if (patch !== undefined) void this.painter.apply(patch, 'before').catch(this.#hooks.failed);
    return patch !== undefined;
  }

  /**
   * Requests the suggestion for the view at full resolution and paints it into a mask, as one edit of all classes.
   *
   * @param painted called with the edit, even if the engine fails after a part of it
   * @throws RequestError
   */
  async accept(
    mask: LayerTiles,
    over: Uint8Array,
    painted: (patch: MaskPatch) => void,
  ): Promise<void> {
    if (this.#view === undefined) return;
    this.isBusy = true;
    const patches: MaskPatch[] = [];
    const release = mask.hold();
    try {
      for (const block of splitIntoBlocks(this.#view.region, blockSide)) {
        const { tiles } = await this.#request(block, 0);
        const proposed = new SparseMask(this.image);
        for (const { x, y, pixels } of tiles) proposed.put({ x, y }, pixels);
        await mask.load(tilesIn(block, this.image));
        patches.push(...paintProposal(mask.mask, proposed, block, over));
      }
    } finally {
      this.isBusy = false;
      const patch = patchOf(patches.flatMap(({ tiles }) => tiles));
      if (patch !== undefined) {
        mask.changed(patch.rectangle);
        painted(patch);
      }
      release();
    }
  }

  /** Clears the strokes and the suggestion. */
  restart(): void {
    this.#asking?.abort();
    this.strokes = this.#noStrokes();
    this.painter = this.#newPainter();
    this.#past = [];
    this.kinds = 0;
    this.#show(null, 0);
  }

  dispose(): void {
    this.#asking?.abort();
  }

  #noStrokes(): LayerTiles {
    return new LayerTiles({
      size: this.image,
      existing: [],
      fetch: () => Promise.resolve([]),
      arrived: () => undefined,
      failed: () => undefined,
      // The engine does not store strokes.
      isUnsaved: () => true,
    });
  }

  #newPainter(): MaskPainter {
    return new MaskPainter(this.strokes, {
      changed: (part) => {
        this.#hooks.changed('strokes', part);
      },
      edited: (patch) => this.#past.push(patch),
      touched: () => {
        this.#count();
        void this.ask();
      },
      failed: this.#hooks.failed,
    });
  }

  async #prepare(region: Rectangle, level: number): Promise<void> {
    try {
      await call('mask.prepareSuggestion', { image: this.image.id, region, level });
      this.#hasFailed = false;
    } catch (error) {
      // Reported once, since it repeats with every view.
      if (!this.#hasFailed) this.#hooks.failed(error);
      this.#hasFailed = true;
    }
  }

  #request(region: Rectangle, level: number, signal?: AbortSignal): Promise<Suggestion> {
    const strokes = this.strokes.mask.places().flatMap(({ x, y }) => {
      const pixels = this.strokes.mask.tile({ x, y });
      return pixels?.some((value) => value !== 0) === true ? [{ x, y, pixels }] : [];
    });
    return call('mask.suggest', { image: this.image.id, strokes, region, level }, signal);
  }

  #count(): void {
    this.kinds = countValues(this.strokes.mask);
  }

  #show(proposal: Suggestion | null, level: number): void {
    this.proposal = proposal;
    const mask = new SparseMask(sizeAt(this.image, level));
    for (const { x, y, pixels } of proposal?.tiles ?? []) mask.put({ x, y }, pixels);
    this.#values = { level, mask };
    const { width, height } = this.image;
    this.#hooks.changed('suggestion', { x: 0, y: 0, width, height });
  }
}
