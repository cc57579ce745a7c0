import { type MaskInfo, maskLayer, type MaskLayer as MaskOwner } from '../../../contract/masks.ts';
import { coarsePlace } from '../../../core/mask/area.ts';
import { type SparseMask, valueAt } from '../../../core/mask/sparse-mask.ts';
import { call } from '../../lib/client.ts';
import type { Point, Rectangle, Size } from '../geometry.ts';
import { DifferenceSource } from './difference.ts';
import {
  type Comparison,
  comparisonNames,
  comparisons,
  type LayerName,
} from './layer-choices.svelte.ts';
import { LayerTiles } from './layer-tiles.ts';
import type { LayerSource } from './mask-layer.ts';
import { Painter, type PainterHooks } from './painter.ts';
import type { TileSaver } from './tile-saver.ts';

/** An image whose mask is worked on. */
export interface MaskedImage extends Size {
  readonly id: number;
  readonly name: string;
}

export interface OpenMaskHooks extends PainterHooks {
  /** A part of a layer can be drawn, or is to be drawn again; px of the image. */
  arrived(owner: MaskOwner, part: Rectangle): void;
}

/** The masks of the image that is open: whose there are, their tiles, and what edits the person's. */
export class OpenMask {
  readonly image: MaskedImage;
  readonly painter: Painter;
  readonly human: LayerTiles;
  infos: readonly MaskInfo[] = $state.raw([]);
  readonly #tiles: Readonly<Record<MaskOwner, LayerTiles>>;
  readonly #differences: Readonly<Record<Comparison, DifferenceSource>>;

  private constructor(
    image: MaskedImage,
    infos: readonly MaskInfo[],
    saver: TileSaver,
    unsaved: SparseMask | undefined,
    hooks: OpenMaskHooks,
  ) {
    this.image = image;
    this.infos = infos;
    const open = (owner: MaskOwner): LayerTiles => {
      const info = infos.find(({ layer }) => layer === owner);
      // Of the run that was listed, whatever others come meanwhile.
      const asked = { image: image.id, layer: owner, run: info?.run ?? null };
      return new LayerTiles(
        image,
        info?.tiles ?? [],
        (level, tiles) => call('mask.tiles', { ...asked, level, tiles }),
        (part) => {
          hooks.arrived(owner, part);
        },
        hooks.failed,
        owner === 'human' ? unsaved : undefined,
        (place) => owner === 'human' && saver.isUnsaved(image.id, place),
      );
    };
    this.human = open('human');
    const [teacher, copy, student] = [open('teacher'), open('copy'), open('student')];
    this.#tiles = { human: this.human, teacher, copy, student };
    const differences = comparisonNames.map((name) => {
      const [first, second] = comparisons[name];
      return [name, new DifferenceSource(this.#tiles[first], this.#tiles[second])];
    });
    this.#differences = Object.fromEntries(differences) as Record<Comparison, DifferenceSource>;
    this.painter = new Painter(this.human, hooks);
  }

  /**
   * Looks what masks an image has. What of it is not saved yet is taken over from the saver.
   *
   * @throws RequestError
   */
  static async open(
    image: MaskedImage,
    saver: TileSaver,
    hooks: OpenMaskHooks,
    signal: AbortSignal,
  ): Promise<OpenMask> {
    // Saved while the engine answers, it is no longer the saver's, and the answer does not know of it yet.
    const unsaved = saver.maskOf(image.id);
    const infos = await call('mask.list', { image: image.id }, signal);
    return new OpenMask(image, infos, saver, unsaved ?? saver.maskOf(image.id), hooks);
  }

  info(owner: MaskOwner): MaskInfo | undefined {
    return this.infos.find(({ layer }) => layer === owner);
  }

  /** Whether what is marked in each layer is as it was listed: of the same run, and of the same revision. */
  isAsIn(infos: readonly MaskInfo[]): boolean {
    return maskLayer.options.every((owner) => {
      const [one, other] = [this.info(owner), infos.find(({ layer }) => layer === owner)];
      return (one?.revision ?? 0) === (other?.revision ?? 0) && one?.run === other?.run;
    });
  }

  /** After a save. */
  take(info: MaskInfo): void {
    this.infos = [...this.infos.filter(({ layer }) => layer !== info.layer), info];
    this.#tiles[info.layer].trim();
  }

  /** Undefined where the layer has nothing to show. */
  source(layer: LayerName, compared: Comparison): LayerSource | undefined {
    if (layer === 'suggestion') return undefined;
    if (layer !== 'difference') return this.#tiles[layer];
    // A person who has marked nothing yet is compared as one who has.
    const isThere = comparisons[compared].every(
      (owner) => owner === 'human' || this.info(owner) !== undefined,
    );
    return isThere ? this.#differences[compared] : undefined;
  }

  /** A part of the person's mask changed. */
  changed(): void {
    for (const difference of Object.values(this.#differences)) difference.changed();
  }

  /** The value of a layer at a place; undefined where that is not known here. */
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
