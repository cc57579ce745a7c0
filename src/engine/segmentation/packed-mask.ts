import { readArea } from '../../core/mask/area.ts';
import { encodeRuns } from '../../core/mask/runs.ts';
import { tileKey } from '../../core/mask/sparse-mask.ts';
import type { TileValues } from '../../core/mask/sparse-mask.ts';
import { tileCounts } from '../../core/mask/tiles.ts';
import type { Rectangle, Size, TilePlace } from '../../core/mask/tiles.ts';
import type { MaskClass, MaskRaster } from '../../formats/masks/mask-raster.ts';
import { packTile, unpackTile } from '../../store/packed-tile.ts';

/** Tiles that are kept unpacked: what one crop touches, and the one beside it. */
const unpackedTiles = 8;

/** A mask in memory, packed: a few kilobytes for what would be megabytes. */
export class PackedMask implements MaskRaster {
  readonly width: number;
  readonly height: number;
  readonly classes: readonly MaskClass[];
  readonly #tiles: ReadonlyMap<number, Uint8Array>;
  /** The one used last at the end. */
  readonly #unpacked = new Map<number, Uint8Array>();

  private constructor(mask: MaskRaster, tiles: ReadonlyMap<number, Uint8Array>) {
    this.width = mask.width;
    this.height = mask.height;
    this.classes = mask.classes;
    this.#tiles = tiles;
  }

  /**
   * Reads all of a mask.
   *
   * @param see told of every tile that is there
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
    const tiles: TileValues = { size: this.size, tile: (place) => this.#tile(place) };
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
