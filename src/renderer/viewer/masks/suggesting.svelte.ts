import type { MaskTile, Suggestion } from '../../../contract/masks.ts';
import { type MaskPatch, patchOf } from '../../../core/mask/patch.ts';
import { SparseMask } from '../../../core/mask/sparse-mask.ts';
import type { TileValues } from '../../../core/mask/sparse-mask.ts';
import { tilesIn, tileSide } from '../../../core/mask/tiles.ts';
import type { Rectangle } from '../../../core/mask/tiles.ts';
import { call } from '../../lib/client.ts';
import { LayerTiles, sizeAt } from './layer-tiles.ts';
import type { LayerSource } from './mask-layer.ts';
import type { MaskedImage } from './open-mask.svelte.ts';
import { Painter } from './painter.ts';
import { blocksOf, countValues, paintProposal, withinImage } from './proposal.ts';

/** A stroke that says "none of the classes is here". */
export const noneStroke = 255;

/** The engine answers for so much at once, px a side. */
const blockSide = 8 * tileSide;

export interface SuggestingHooks {
  changed(layer: 'suggestion' | 'strokes', part: Rectangle): void;
  readonly failed: (error: unknown) => void;
}

/**
 * Strokes that show by example what is what, and what is proposed for the rest. Both are the page's alone until
 * what is proposed is accepted.
 */
export class Suggesting implements LayerSource {
  readonly image: MaskedImage;
  strokes: LayerTiles;
  painter: Painter;
  isBusy = $state(false);
  /** Kinds that have strokes: two are needed. */
  kinds = $state(0);
  proposal: Suggestion | null = $state.raw(null);
  readonly #hooks: SuggestingHooks;
  #past: MaskPatch[] = [];
  #values: { readonly level: number; readonly mask: SparseMask } | undefined;
  #asking: AbortController | undefined;
  #hasFailed = false;
  /** What is in view, as asked last. */
  #view: { readonly region: Rectangle; readonly level: number } | undefined;

  constructor(image: MaskedImage, hooks: SuggestingHooks) {
    this.image = image;
    this.#hooks = hooks;
    this.strokes = this.#noStrokes();
    this.painter = this.#newPainter();
  }

  at(level: number): TileValues {
    if (this.#values?.level === level) return this.#values.mask;
    return new SparseMask(sizeAt(this.image, level));
  }

  want(): void {
    // It comes as a whole, when it was asked for.
  }

  /** Whether all of the image is in view, so that what is proposed is for all of it. */
  get isWhole(): boolean {
    const { width, height } = this.image;
    const region = this.#view?.region;
    return region?.x === 0 && region.y === 0 && region.width >= width && region.height >= height;
  }

  /** What is proposed is for this part of the image from now on; px of it. */
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

  /** Asks for a proposal; one that was asked for before is no longer wanted. */
  async ask(): Promise<void> {
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

  /** Takes the last stroke back; false if there is none. */
  undo(): boolean {
    const patch = this.#past.pop();
    if (patch !== undefined) void this.painter.apply(patch, 'before').catch(this.#hooks.failed);
    return patch !== undefined;
  }

  /**
   * What is proposed in view, at full resolution, painted into a mask: an edit of all classes.
   *
   * @param painted takes the edit, also where the engine fails after some of it
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
      for (const block of blocksOf(this.#view.region, blockSide)) {
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

  /** Begins again: no strokes, and nothing is proposed. */
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
    const none = (): void => undefined;
    // The engine has nothing of them.
    const isUnsaved = (): boolean => true;
    const nothing = (): Promise<MaskTile[]> => Promise.resolve([]);
    return new LayerTiles(this.image, [], nothing, none, none, undefined, isUnsaved);
  }

  #newPainter(): Painter {
    return new Painter(this.strokes, {
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
      // Once is enough: it is asked again with every view.
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
