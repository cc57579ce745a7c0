import { MaskEdit } from '../../../../core/mask/edit.ts';
import type { Paint, TakeRun } from '../../../../core/mask/edit.ts';
import { Flood } from '../../../../core/mask/flood.ts';
import { applyPatch } from '../../../../core/mask/patch.ts';
import type { MaskPatch } from '../../../../core/mask/patch.ts';
import { valueAt } from '../../../../core/mask/sparse-mask.ts';
import type { TiledValues } from '../../../../core/mask/sparse-mask.ts';
import { tileSide } from '../../../../core/mask/tiles.ts';
import type { Rectangle, TilePlace } from '../../../../core/mask/tiles.ts';
import type { LayerTiles } from '../layers/layer-tiles.ts';

/** Displayed values of an image by tiles, for tools that depend on them. */
export interface ShownValues extends TiledValues {
  /** Loads tiles. */
  load(places: readonly TilePlace[]): Promise<void>;
}

/** Stroke in progress. */
export interface Stroke {
  /** Paints the runs of a shape and redraws what changed. */
  draw(shape: (take: TakeRun) => void): void;
  end(): void;
  cancel(): void;
}

export interface PainterHooks {
  /** Redraws a part of the mask. */
  changed(part: Rectangle): void;
  /** Called when an edit is complete. */
  edited(patch: MaskPatch): void;
  /** Called with tiles to save, after an edit, undo or redo. */
  touched(places: readonly TilePlace[]): void;
  readonly failed: (error: unknown) => void;
}

/** Reason why a region was not painted. */
export type RegionProblem = 'too-large' | 'outside';

/** Edits the mask of one image, one edit after the other, and loads the tiles that they need. */
export class MaskPainter {
  readonly #tiles: LayerTiles;
  readonly #hooks: PainterHooks;
  /** End of the queue of edits, which complete in the order in which they began. */
  #tail: Promise<void> = Promise.resolve();
  #pending = 0;
  /** Number of strokes in progress. */
  #drawn = 0;
  /** Called whenever `isBusy` may have changed. */
  onbusy: () => void = () => undefined;

  constructor(tiles: LayerTiles, hooks: PainterHooks) {
    this.#tiles = tiles;
    this.#hooks = hooks;
  }

  begin(paint: Paint, shown?: ShownValues): Stroke {
    const edit = new MaskEdit(this.#tiles.mask, paint);
    let state: 'waiting' | 'drawn' | 'over' | 'void' = 'waiting';
    let isDrawn = true;
    this.#drawn++;
    this.onbusy();
    const release = this.#tiles.hold();
    const leave = (): void => {
      if (!isDrawn) return;
      isDrawn = false;
      this.#drawn--;
      release();
      this.onbusy();
    };
    const drawNow = (shape: (take: TakeRun) => void): void => {
      if (state === 'void') return;
      if (state === 'waiting') state = 'drawn';
      shape(edit.run);
      this.#show(edit);
      // Loading early often completes before the stroke ends.
      if (edit.missing.length > 0) this.#after(() => this.#supply(edit, shown));
    };
    return {
      draw: (shape) => {
        // Waits for earlier edits to paint first, so that both can be undone exactly.
        if (state === 'waiting' && this.#pending > 0) {
          this.#after(() => {
            drawNow(shape);
          });
        } else if (state === 'waiting' || state === 'drawn') drawNow(shape);
      },
      end: () => {
        if (state === 'over' || state === 'void') return;
        this.#after(() => {
          state = 'over';
          return this.#complete(edit, shown);
        });
        leave();
      },
      cancel: () => {
        if (state === 'over' || state === 'void') return;
        state = 'void';
        edit.cancel();
        this.#show(edit);
        leave();
      },
    };
  }

  /** Paints a complete shape, such as a polygon. */
  paint(paint: Paint, shape: (take: TakeRun) => void, shown?: ShownValues): void {
    const stroke = this.begin(paint, shown);
    stroke.draw(shape);
    stroke.end();
  }

  /** Paints the connected region of the mask that has the value of a pixel. */
  fill(paint: Paint, x: number, y: number): Promise<RegionProblem | null> {
    return this.#inTurn(async () => {
      await this.#tiles.load([tileAt(x, y)]);
      const value = valueAt(this.#tiles.mask, x, y);
      if (value === undefined) return 'outside';
      const flood = new Flood(this.#tiles.mask, { x, y }, value, value);
      return this.#paintRegion(paint, flood, (places) => this.#tiles.load(places));
    });
  }

  /** Paints the connected region of the image whose displayed values differ from a pixel's by `tolerance` at most. */
  pick(
    paint: Paint,
    shown: ShownValues,
    x: number,
    y: number,
    tolerance: number,
  ): Promise<RegionProblem | null> {
    return this.#inTurn(async () => {
      await shown.load([tileAt(x, y)]);
      const value = valueAt(shown, x, y);
      if (value === undefined) return 'outside';
      const flood = new Flood(shown, { x, y }, value - tolerance, value + tolerance);
      return this.#paintRegion(paint, flood, (places) => shown.load(places));
    });
  }

  /** Undoes (`before`) or redoes (`after`) an edit; resolves when it is visible. */
  apply(patch: MaskPatch, side: 'before' | 'after'): Promise<void> {
    return this.#inTurn(async () => {
      await this.#tiles.load(patch.tiles);
      this.#put(patch, side);
      this.#hooks.touched(patch.tiles);
    });
  }

  /**
   * Applies an edit that is made and saved elsewhere, in order with the other edits.
   *
   * @param make makes and saves the edit; returns undefined if nothing changed
   */
  take(make: () => Promise<MaskPatch | undefined>): Promise<MaskPatch | undefined> {
    return this.#inTurn(async () => {
      const patch = await make();
      if (patch === undefined) return undefined;
      await this.#tiles.load(patch.tiles);
      this.#put(patch, 'after');
      this.#hooks.edited(patch);
      return patch;
    });
  }

  /** True while a stroke is in progress or an edit is incomplete. */
  get isBusy(): boolean {
    return this.#drawn > 0 || this.#pending > 0;
  }

  /** Resolves when every edit begun so far has completed or failed. */
  settled(): Promise<void> {
    return this.#tail;
  }

  /** Applies a patch whose tiles are in memory. */
  #put(patch: MaskPatch, side: 'before' | 'after'): void {
    applyPatch(this.#tiles.mask, patch, side);
    this.#tiles.changed(patch.rectangle);
    this.#hooks.changed(patch.rectangle);
  }

  async #paintRegion(
    paint: Paint,
    flood: Flood,
    load: (places: TilePlace[]) => Promise<void>,
  ): Promise<RegionProblem | null> {
    for (let needs = flood.grow(); needs.length > 0; needs = flood.grow()) await load(needs);
    if (flood.isTooLarge) return 'too-large';
    const edit = new MaskEdit(this.#tiles.mask, paint);
    flood.runs(edit.run);
    await this.#complete(edit, undefined);
    return null;
  }

  async #complete(edit: MaskEdit, shown: ShownValues | undefined): Promise<void> {
    try {
      await this.#supply(edit, shown);
    } finally {
      this.#show(edit);
      // Even if loading failed, the painted part stays and is saved.
      const patch = edit.finish();
      if (patch !== undefined) {
        this.#hooks.edited(patch);
        this.#hooks.touched(patch.tiles);
      }
    }
  }

  async #supply(edit: MaskEdit, shown: ShownValues | undefined): Promise<void> {
    for (let needs = edit.missing; needs.length > 0; needs = edit.missing) {
      await Promise.all([this.#tiles.load(needs), shown?.load(needs)]);
      edit.resume();
      this.#show(edit);
    }
  }

  #show(edit: MaskEdit): void {
    const dirty = edit.takeDirty();
    if (dirty === undefined) return;
    this.#tiles.changed(dirty);
    this.#hooks.changed(dirty);
  }

  #after(work: () => Promise<void> | void): void {
    void this.#inTurn(work).catch(this.#hooks.failed);
  }

  #inTurn<T>(work: () => Promise<T> | T): Promise<T> {
    this.#pending++;
    this.onbusy();
    const release = this.#tiles.hold();
    const result = this.#tail.then(work);
    const over = (): void => {
      this.#pending--;
      release();
      this.onbusy();
    };
    this.#tail = result.then(over, over);
    return result;
  }
}

function tileAt(x: number, y: number): TilePlace {
  return { x: Math.floor(x / tileSide), y: Math.floor(y / tileSide) };
}
