import { type MaskInfo, maskLayer, type MaskLayer as MaskOwner } from '../../../contract/masks.ts';
import { coarsePlace } from '../../../core/mask/area.ts';
import { type SparseMask, valueAt } from '../../../core/mask/sparse-mask.ts';
import { call } from '../../lib/client.ts';
import type { Point } from '../tools/geometry.ts';
import type { Size, Rectangle } from '../../../core/mask/tiles.ts';
import { DifferenceSource } from './layers/difference.ts';
import {
  type LayerComparison,
  comparisonNames,
  comparisons,
  type LayerName,
} from './layers/layer-choices.svelte.ts';
import { LayerTiles } from './layers/layer-tiles.ts';
import type { LayerSource } from './layers/mask-layer.ts';
import { MaskPainter, type PainterHooks } from './edits/painter.ts';
import type { TileSaver } from './edits/tile-saver.ts';

/** Image of an open mask. */
export interface EditedImage extends Size {
  readonly id: number;
  readonly name: string;
}

export interface OpenMaskHooks extends PainterHooks {
  /** Redraws a part of a layer that was loaded, px of the image. */
  arrived(owner: MaskOwner, part: Rectangle): void;
}

/** Masks of the open image by author, their tiles, and the painter of the user's mask. */
export class MaskSession {
  readonly image: EditedImage;
  readonly painter: MaskPainter;
  readonly human: LayerTiles;
  infos: readonly MaskInfo[] = $state.raw([]);
  readonly #tiles: Readonly<Record<MaskOwner, LayerTiles>>;
  readonly #differences: Readonly<Record<LayerComparison, DifferenceSource>>;

  private constructor(
    image: EditedImage,
    infos: readonly MaskInfo[],
    saver: TileSaver,
    unsaved: SparseMask | undefined,
    hooks: OpenMaskHooks,
  ) {
    this.image = image;
    this.infos = infos;
    const open = (owner: MaskOwner): LayerTiles => {
      const info = infos.find(({ layer }) => layer === owner);
      // Requests the listed run, even if newer runs exist by then.
      const request = { image: image.id, layer: owner, run: info?.run ?? null };
      return new LayerTiles({
        size: image,
        existing: info?.tiles ?? [],
        fetch: (level, tiles) => call('mask.tiles', { ...request, level, tiles }),
        arrived: (part) => {
          hooks.arrived(owner, part);
        },
        failed: hooks.failed,
        mask: owner === 'human' ? unsaved : undefined,
        isUnsaved: (place) => owner === 'human' && saver.isUnsaved(image.id, place),
      });
    };
    this.human = open('human');
    const [teacher, copy, student] = [open('teacher'), open('copy'), open('student')];
    this.#tiles = { human: this.human, teacher, copy, student };
    const differences = comparisonNames.map((name) => {
      const [first, second] = comparisons[name];
      return [name, new DifferenceSource(this.#tiles[first], this.#tiles[second])];
    });
    this.#differences = Object.fromEntries(differences) as Record<
      LayerComparison,
      DifferenceSource
    >;
    this.painter = new MaskPainter(this.human, hooks);
  }

  /**
   * Lists the masks of an image and opens them. Unsaved tiles are taken over from the saver.
   *
   * @throws RequestError
   */
  static async open(
    image: EditedImage,
    saver: TileSaver,
    hooks: OpenMaskHooks,
    signal: AbortSignal,
  ): Promise<MaskSession> {
    // Read before the request: tiles that are saved while the engine answers are in neither afterwards.
    const unsaved = saver.maskOf(image.id);
    const infos = await call('mask.list', { image: image.id }, signal);
    return new MaskSession(image, infos, saver, unsaved ?? saver.maskOf(image.id), hooks);
  }

  info(owner: MaskOwner): MaskInfo | undefined {
    return this.infos.find(({ layer }) => layer === owner);
  }

  /** True if every layer has the run and revision of `infos`. */
  isAsIn(infos: readonly MaskInfo[]): boolean {
    return maskLayer.options.every((owner) => {
      const [one, other] = [this.info(owner), infos.find(({ layer }) => layer === owner)];
      return (one?.revision ?? 0) === (other?.revision ?? 0) && one?.run === other?.run;
    });
  }

  /** Updates a layer's information after a save. */
  take(info: MaskInfo): void {
    this.infos = [...this.infos.filter(({ layer }) => layer !== info.layer), info];
    this.#tiles[info.layer].trim();
  }

  /** Source of a layer's values; undefined if it has no mask. */
  source(layer: LayerName, compared: LayerComparison): LayerSource | undefined {
    if (layer === 'suggestion') return undefined;
    if (layer !== 'difference') return this.#tiles[layer];
    // The user's mask can be compared even while it is empty.
    const isThere = comparisons[compared].every(
      (owner) => owner === 'human' || this.info(owner) !== undefined,
    );
    return isThere ? this.#differences[compared] : undefined;
  }

  /** Updates the differences after a change of the user's mask. */
  changed(): void {
    for (const difference of Object.values(this.#differences)) difference.changed();
  }

  /** Value of a layer at a point, from the finest cached level; undefined if none is cached. */
  valueAt(owner: MaskOwner, { x, y }: Point): number | undefined {
    const tiles = this.#tiles[owner];
    const [column, row] = [Math.floor(x), Math.floor(y)];
    if (column < 0 || row < 0 || column >= this.image.width || row >= this.image.height) {
      return undefined;
    }
    for (const level of [0, 1, 2, 3, 4, 5, 6]) {
      const at = coarsePlace({ x: column, y: row }, level);
      const value = valueAt(tiles.peek(level), at.x, at.y);
      if (value !== undefined) return value;
    }
    return undefined;
  }
}
