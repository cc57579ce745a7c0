import { levelKey } from '../../../../core/mask/area.ts';
import { blankTile } from '../../../../core/mask/sparse-mask.ts';
import type { TiledValues } from '../../../../core/mask/sparse-mask.ts';
import { tilePixels } from '../../../../core/mask/tiles.ts';
import type { TilePlace } from '../../../../core/mask/tiles.ts';
import { ByteCache } from '../../../../core/byte-cache.ts';
import type { LayerSource } from './mask-layer.ts';

/** Largest size of the cache of compared tiles, bytes. */
const cacheBytes = 2 ** 26;

/** Kinds of difference of a pixel: a class in the first mask only, in the second only, or two different classes. */
export const differenceValues = { onlyFirst: 1, onlySecond: 2, other: 3 } as const;

/** Pixelwise comparison of two layers. Pixels that are unknown in either are no difference. */
export class DifferenceSource implements LayerSource {
  readonly #first: LayerSource;
  readonly #second: LayerSource;
  #made = newCache();

  constructor(first: LayerSource, second: LayerSource) {
    this.#first = first;
    this.#second = second;
  }

  /** Clears the cache after a change; tiles are compared again when they are drawn, in under a millisecond each. */
  changed(): void {
    this.#made = newCache();
  }

  at(level: number): TiledValues {
    const first = this.#first.at(level);
    const second = this.#second.at(level);
    return {
      size: first.size,
      tile: (place) => {
        const key = levelKey(level, place);
        const known = this.#made.get(key);
        if (known !== undefined) return known;
        const [one, other] = [first.tile(place), second.tile(place)];
        if (one === undefined || other === undefined) return undefined;
        const made = one === other ? blankTile : compared(one, other);
        this.#made.set(key, made);
        return made;
      },
    };
  }

  want(level: number, place: TilePlace): void {
    this.#first.want(level, place);
    this.#second.want(level, place);
  }
}

function newCache(): ByteCache<Uint8Array> {
  return new ByteCache<Uint8Array>(cacheBytes, (tile) =>
    tile === blankTile ? 0 : tile.byteLength,
  );
}

function compared(one: ArrayLike<number>, other: ArrayLike<number>): Uint8Array {
  const out = new Uint8Array(tilePixels);
  for (let at = 0; at < tilePixels; at++) {
    const [a = 0, b = 0] = [one[at], other[at]];
    if (a === b || a === 255 || b === 255) continue;
    if (b === 0) out[at] = differenceValues.onlyFirst;
    else out[at] = a === 0 ? differenceValues.onlySecond : differenceValues.other;
  }
  return out;
}
