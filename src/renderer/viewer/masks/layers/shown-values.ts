import { tileKey } from '../../../../core/mask/sparse-mask.ts';
import { tileSide, tilePixels } from '../../../../core/mask/tiles.ts';
import type { Size, TilePlace } from '../../../../core/mask/tiles.ts';
import type { ShownValues } from '../edits/painter.ts';

/** Displayed tile: ABGR words as in `ImageData`, row by row; smaller at the image's edges. */
export interface ShownTile {
  readonly width: number;
  readonly height: number;
  readonly pixels: Uint32Array;
}

/** Shade of pixels without a value, outside of every range. */
const nothing = -1;

/** Largest number of cached tiles, of 512 KiB each. */
const mostTiles = 200;

/** Shades of the displayed image at full resolution, 0 to 255; for colours their luminance (BT.601). */
export class ShownShades implements ShownValues {
  readonly size: Size;
  readonly #fetch: (place: TilePlace) => Promise<ShownTile>;
  readonly #tiles = new Map<number, Int16Array>();
  readonly #loading = new Map<number, Promise<void>>();

  constructor(size: Size, fetch: (place: TilePlace) => Promise<ShownTile>) {
    this.size = size;
    this.#fetch = fetch;
  }

  tile(place: TilePlace): Int16Array | undefined {
    return this.#tiles.get(tileKey(place));
  }

  async load(places: readonly TilePlace[]): Promise<void> {
    await Promise.all(places.map((place) => this.#loadOne(place)));
  }

  #loadOne(place: TilePlace): Promise<void> {
    const key = tileKey(place);
    if (this.#tiles.has(key)) return Promise.resolve();
    const known = this.#loading.get(key);
    if (known !== undefined) return known;
    const loading = this.#fetch(place)
      .then((tile) => {
        this.#tiles.set(key, shadesOf(tile));
      })
      .finally(() => {
        this.#loading.delete(key);
      });
    this.#loading.set(key, loading);
    return loading;
  }

  /** Evicts tiles beyond the limit; call it while no tool uses them. */
  trim(): void {
    for (const key of this.#tiles.keys()) {
      if (this.#tiles.size <= mostTiles) return;
      this.#tiles.delete(key);
    }
  }
}

function shadesOf({ width, height, pixels }: ShownTile): Int16Array {
  const shades = new Int16Array(tilePixels).fill(nothing);
  for (let row = 0; row < height; row++) {
    for (let column = 0; column < width; column++) {
      const pixel = pixels[row * width + column] ?? 0;
      if (pixel >>> 24 === 0) continue;
      const [red, green, blue] = [pixel & 255, (pixel >> 8) & 255, (pixel >> 16) & 255];
      shades[row * tileSide + column] = Math.round(0.299 * red + 0.587 * green + 0.114 * blue);
    }
  }
  return shades;
}
