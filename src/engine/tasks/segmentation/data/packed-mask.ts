import { readArea } from '../../../../core/mask/area.ts';
import { encodeRuns } from '../../../../core/mask/run-length.ts';
import { tileKey } from '../../../../core/mask/sparse-mask.ts';
import type { TiledValues } from '../../../../core/mask/sparse-mask.ts';
import { tileCounts } from '../../../../core/mask/tiles.ts';
import type { Rectangle, Size, TilePlace } from '../../../../core/mask/tiles.ts';
import type { MaskClass, MaskRaster } from '../../../../formats/masks/mask-raster.ts';
import { packTile, unpackTile } from '../../../../store/packed-tile.ts';

/** Number of tiles kept decompressed: those of one crop, and of the next one. */
const unpackedTiles = 8;

/** A mask in memory, compressed: kilobytes instead of megabytes. */
export class PackedMask implements MaskRaster {
  readonly width: number;
  readonly height: number;
  readonly classes: readonly MaskClass[];
  readonly #tiles: ReadonlyMap<number, Uint8Array>;
  /** Least recently used first. */
  readonly #unpacked = new Map<number, Uint8Array>();

  private constructor(mask: MaskRaster, tiles: ReadonlyMap<number, Uint8Array>) {
    this.width = mask.width;
    this.height = mask.height;
    this.classes = mask.classes;
    this.#tiles = tiles;
  }

  /**
   * Reads a whole mask.
   *
   * @param see called for every tile that is not all background
   */
  static async of(
    mask: MaskRaster,
    see?: (place: TilePlace, pixels: Uint8Array) => void,
  ): Promise<PackedMask> {
    const tiles = new Map<number, Uint8Array>();
    const { columns, rows } = tileCounts(mask);
    for (let y = 0; y < rows; y++) {
      for (let x = 0; x < columns; x++) {
        const pixels = await mask.tile(x, y);
        if (pixels === null) continue;
        tiles.set(tileKey({ x, y }), packTile(encodeRuns(pixels)));
        see?.({ x, y }, pixels);
      }
    }
    return new PackedMask(mask, tiles);
  }

  get size(): Size {
    return { width: this.width, height: this.height };
  }

  /** Values of a rectangle, row by row. */
  read(rectangle: Rectangle): Uint8Array {
    const tiles: TiledValues = { size: this.size, tile: (place) => this.#tile(place) };
    return readArea(tiles, rectangle).values;
  }

  tile(x: number, y: number): Promise<Uint8Array | null> {
    return Promise.resolve(this.#tile({ x, y }) ?? null);
  }

  #tile(place: TilePlace): Uint8Array | undefined {
    const key = tileKey(place);
    const packed = this.#tiles.get(key);
    if (!packed) return undefined;
    const pixels = this.#unpacked.get(key) ?? unpackTile(packed);
    this.#unpacked.delete(key);
    this.#unpacked.set(key, pixels);
    if (this.#unpacked.size > unpackedTiles) {
      const [oldest] = this.#unpacked.keys();
      if (oldest !== undefined) this.#unpacked.delete(oldest);
    }
    return pixels;
  }
}
