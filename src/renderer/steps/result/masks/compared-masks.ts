import {
  type MaskInfo,
  maskLayer,
  type MaskLayer as MaskOwner,
} from '../../../../contract/masks.ts';
import { call } from '../../../lib/client.ts';
import type { Rectangle, Size } from '../../../viewer/geometry.ts';
import { DifferenceSource } from '../../../viewer/masks/difference.ts';
import { LayerTiles } from '../../../viewer/masks/layer-tiles.ts';

export interface ComparedHooks {
  /** Tiles came; px of the image. */
  arrived(part: Rectangle): void;
  failed(error: unknown): void;
}

/** Masks of one image to look at: the person's, and what the three of a run predicted. */
export class ComparedMasks {
  readonly image: number;
  readonly #tiles: ReadonlyMap<MaskOwner, LayerTiles>;
  readonly #differences = new Map<string, DifferenceSource>();

  private constructor(image: number, tiles: ReadonlyMap<MaskOwner, LayerTiles>) {
    this.image = image;
    this.#tiles = tiles;
  }

  /** @throws RequestError */
  static async open(
    image: Size & { readonly id: number },
    run: number,
    hooks: ComparedHooks,
    signal: AbortSignal,
  ): Promise<ComparedMasks> {
    const infos = await call('mask.list', { image: image.id, run }, signal);
    const open = ({ layer, run, tiles }: MaskInfo): LayerTiles =>
      new LayerTiles(
        image,
        tiles,
        (level, wanted) =>
          call('mask.tiles', { image: image.id, layer, run, level, tiles: wanted }),
        (part) => {
          hooks.arrived(part);
        },
        (error) => {
          hooks.failed(error);
        },
      );
    const found = maskLayer.options.flatMap((owner): [MaskOwner, LayerTiles][] => {
      const info = infos.find(({ layer }) => layer === owner);
      return info === undefined ? [] : [[owner, open(info)]];
    });
    return new ComparedMasks(image.id, new Map(found));
  }

  /** Undefined where there is no such mask. */
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
