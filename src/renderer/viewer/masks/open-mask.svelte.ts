import type { MaskInfo, MaskLayer as MaskOwner } from '../../../contract/masks.ts';
import { coarsePlace } from '../../../core/mask/area.ts';
import { type SparseMask, valueAt } from '../../../core/mask/sparse-mask.ts';
import { call } from '../../lib/client.ts';
import type { Point, Rectangle, Size } from '../geometry.ts';
import { DifferenceSource } from './difference.ts';
import type { LayerName } from './layer-choices.svelte.ts';
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
  readonly #differences: Readonly<Record<'student' | 'human', DifferenceSource>>;

  private constructor(
    image: MaskedImage,
    infos: readonly MaskInfo[],
    saver: TileSaver,
    unsaved: SparseMask | undefined,
    hooks: OpenMaskHooks,
  ) {
    this.image = image;
    this.infos = infos;
    const open = (owner: MaskOwner): LayerTiles =>
      new LayerTiles(
        image,
        infos.find(({ layer }) => layer === owner)?.tiles ?? [],
        (level, tiles) => call('mask.tiles', { image: image.id, layer: owner, level, tiles }),
        (part) => {
          hooks.arrived(owner, part);
        },
        hooks.failed,
        owner === 'human' ? unsaved : undefined,
        (place) => owner === 'human' && saver.isUnsaved(image.id, place),
      );
    this.human = open('human');
    this.#tiles = { human: this.human, teacher: open('teacher'), student: open('student') };
    const { human, teacher, student } = this.#tiles;
    this.#differences = {
      student: new DifferenceSource(teacher, student),
      human: new DifferenceSource(teacher, human),
    };
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

  /** After a save. */
  take(info: MaskInfo): void {
    this.infos = [...this.infos.filter(({ layer }) => layer !== info.layer), info];
    this.#tiles[info.layer].trim();
  }

  /** Undefined where the layer has nothing to show. */
  source(layer: LayerName, compared: 'student' | 'human'): LayerSource | undefined {
    if (layer === 'suggestion') return undefined;
    if (layer !== 'difference') return this.#tiles[layer];
    if (this.info('teacher') === undefined || this.info(compared) === undefined) return undefined;
    return this.#differences[compared];
  }

  /** A part of the person's mask changed. */
  changed(): void {
    this.#differences.student.changed();
    this.#differences.human.changed();
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
