import { tilePixels, tileSide, type MaskTile, type Size } from '../../../../core/mask/tiles.ts';
import type { ColumnBand } from '../../../../core/segmentation/tile-plan.ts';
import type { MaskSpool } from './mask-spool.ts';

/**
 * Buffer that collects the rows of a band until a row of mask tiles is full, and appends that to the spool.
 */
export class MaskRows {
  readonly #spool: MaskSpool;
  readonly #index: number;
  readonly #band: ColumnBand;
  readonly #height: number;
  /** Buffer (tileSide, width of the band). */
  readonly #strip: Uint8Array;

  /**
   * Buffer for a band.
   *
   * @param index index of the band
   * @param band band that begins at the left edge of a mask tile
   */
  constructor(spool: MaskSpool, index: number, band: ColumnBand, { height }: Size) {
    this.#spool = spool;
    this.#index = index;
    this.#band = band;
    this.#height = height;
    this.#strip = new Uint8Array(tileSide * (band.right - band.left));
  }

  /** Returns the buffer for the next row of the image, (width of the band); rows come in order. */
  line(y: number): Uint8Array {
    const width = this.#band.right - this.#band.left;
    const at = (y % tileSide) * width;
    return this.#strip.subarray(at, at + width);
  }

  /** Returns true if this row completes a row of mask tiles, so that `flush` is due. */
  isFull(y: number): boolean {
    return (y + 1) % tileSide === 0 || y + 1 === this.#height;
  }

  /**
   * Appends the collected rows to the spool.
   *
   * @throws UserError 'disk'
   */
  async flush(y: number): Promise<void> {
    const row = Math.floor(y / tileSide);
    const rows = y + 1 - row * tileSide;
    const { left, right } = this.#band;
    const width = right - left;
    const tiles: MaskTile[] = [];
    for (let x = 0; x < width; x += tileSide) {
      const pixels = new Uint8Array(tilePixels);
      const count = Math.min(tileSide, width - x);
      for (let line = 0; line < rows; line++) {
        const from = line * width + x;
        pixels.set(this.#strip.subarray(from, from + count), line * tileSide);
      }
      tiles.push({ x: (left + x) / tileSide, y: row, pixels });
    }
    await this.#spool.append(this.#index, tiles);
  }
}
