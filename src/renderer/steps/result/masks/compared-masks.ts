import {
  type MaskInfo,
  maskLayer,
  type MaskLayer as MaskOwner,
} from '../../../../contract/masks.ts';
import { call } from '../../../lib/client.ts';
import type { Size, Rectangle } from '../../../../core/mask/tiles.ts';
import { DifferenceSource } from '../../../viewer/masks/layers/difference.ts';
import { LayerTiles } from '../../../viewer/masks/layers/layer-tiles.ts';

/** Callbacks for the tiles of the masks. */
export interface TileCallbacks {
  /** Called when tiles of a part are loaded, px of the image. */
  loaded(part: Rectangle): void;
  failed(error: unknown): void;
}

/** Masks of one image: the outlined one, and those predicted by the teacher, copy and student of a run. */
export class ComparedMasks {
  readonly image: number;
  readonly #tiles: ReadonlyMap<MaskOwner, LayerTiles>;
  readonly #differences = new Map<string, DifferenceSource>();

  private constructor(image: number, tiles: ReadonlyMap<MaskOwner, LayerTiles>) {
    this.image = image;
    this.#tiles = tiles;
  }

  /** Opens the masks of an image; their tiles are loaded when drawn. @throws RequestError */
  static async open(
    image: Size & { readonly id: number },
    run: number,
    callbacks: TileCallbacks,
    signal: AbortSignal,
  ): Promise<ComparedMasks> {
    const infos = await call('mask.list', { image: image.id, run }, signal);
    const open = ({ layer, run, tiles }: MaskInfo): LayerTiles =>
      new LayerTiles({
        size: image,
        existing: tiles,
        fetch: (level, wanted) =>
          call('mask.tiles', { image: image.id, layer, run, level, tiles: wanted }),
        arrived: (part) => {
          callbacks.loaded(part);
        },
        failed: (error) => {
          callbacks.failed(error);
        },
      });
    const found = maskLayer.options.flatMap((owner): [MaskOwner, LayerTiles][] => {
      const info = infos.find(({ layer }) => layer === owner);
      return info === undefined ? [] : [[owner, open(info)]];
    });
    return new ComparedMasks(image.id, new Map(found));
  }

  /** Tiles of a mask; undefined if there is none. */
  source(owner: MaskOwner): LayerTiles | undefined {
    return this.#tiles.get(owner);
  }

  difference(first: MaskOwner, second: MaskOwner): DifferenceSource | undefined {
    const [one, other] = [this.source(first), this.source(second)];
    if (one === undefined || other === undefined) return undefined;
    const key = `${first} ${second}`;
    const found = this.#differences.get(key) ?? new DifferenceSource(one, other);
    this.#differences.set(key, found);
    return found;
  }
}
