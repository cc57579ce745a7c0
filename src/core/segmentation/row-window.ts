import { mirroredIndex, type Raster } from '../image/raster.ts';
import type { Size } from '../mask/tiles.ts';

/** Ring buffer of the latest rows of an image, which tiles are cut from. */
export class RowWindow {
  readonly #image: Size;
  readonly #left: number;
  readonly #width: number;
  readonly #rows: number;
  readonly #channels: number;
  /** Colours (rows, width, channels) and missing pixels (rows, width); row y of the image is at y modulo rows. */
  readonly #colours: Uint8Array;
  readonly #missing: Uint8Array;
  /** 1 for each row with missing pixels. */
  readonly #hasMissing: Uint8Array;

  /**
   * @param image size of the image, px
   * @param left and `width`: columns of the image to keep
   * @param rows number of rows to keep
   */
  constructor(image: Size, left: number, width: number, rows: number, channels: number) {
    this.#image = image;
    this.#left = left;
    this.#width = width;
    this.#rows = rows;
    this.#channels = channels;
    this.#colours = new Uint8Array(rows * width * channels);
    this.#missing = new Uint8Array(rows * width);
    this.#hasMissing = new Uint8Array(rows);
  }

  /** Stores rows of the kept columns over the oldest ones. */
  put(y: number, { height, data }: Raster, missing: Uint8Array | null): void {
    const width = this.#width;
    const bytes = width * this.#channels;
    for (let row = 0; row < height; row++) {
      const slot = (y + row) % this.#rows;
      this.#colours.set(data.subarray(row * bytes, (row + 1) * bytes), slot * bytes);
      const line = missing?.subarray(row * width, (row + 1) * width);
      const isHere = line?.includes(1) === true;
      if (isHere) this.#missing.set(line, slot * width);
      this.#hasMissing[slot] = isHere ? 1 : 0;
    }
  }

  /** True if all pixels of a tile are missing. */
  isMissing(x: number, y: number, side: number): boolean {
    const width = Math.min(side, this.#image.width - x);
    for (let row = y; row < Math.min(y + side, this.#image.height); row++) {
      const slot = row % this.#rows;
      if (this.#hasMissing[slot] === 0) return false;
      const start = slot * this.#width + x - this.#left;
      if (this.#missing.subarray(start, start + width).includes(0)) return false;
    }
    return true;
  }

  /**
   * Copies a tile; beyond the image it is mirrored at the image's edge.
   *
   * @param out (side, side, channels)
   */
  tile(x: number, y: number, side: number, out: Uint8Array): void {
    const { width, height } = this.#image;
    const there = Math.min(side, width - x);
    const channels = this.#channels;
    for (let row = 0; row < side; row++) {
      const slot = mirroredIndex(y + row, height) % this.#rows;
      const start = channels * (slot * this.#width + x - this.#left);
      const to = channels * row * side;
      out.set(this.#colours.subarray(start, start + channels * there), to);
      for (let column = there; column < side; column++) {
        const from = to + channels * (mirroredIndex(x + column, width) - x);
        out.copyWithin(to + channels * column, from, from + channels);
      }
    }
  }

  /** Writes `value` at missing pixels. `out`: a row of the columns from `left` on. */
  markMissing(y: number, left: number, out: Uint8Array, value: number): void {
    const slot = y % this.#rows;
    if (this.#hasMissing[slot] === 0) return;
    const start = slot * this.#width + left - this.#left;
    for (let at = 0; at < out.length; at++) {
      if (this.#missing[start + at] === 1) out[at] = value;
    }
  }
}
