import type { Raster } from '../image/raster.ts';
import type { Size } from '../mask/tiles.ts';

/** Rows of an image that tiles are cut from: the latest ones, in a ring. */
export class RowWindow {
  readonly #image: Size;
  readonly #left: number;
  readonly #width: number;
  readonly #rows: number;
  readonly #channels: number;
  /** (rows, width, channels) and (rows, width); row y of the image is at y modulo rows. */
  readonly #colours: Uint8Array;
  readonly #nothing: Uint8Array;
  /** 1 for a row that has nothing somewhere. */
  readonly #hasNothing: Uint8Array;

  /**
   * @param image px
   * @param left and `width`: the columns of the image that are held
   * @param rows that are held at a time
   */
  constructor(image: Size, left: number, width: number, rows: number, channels: number) {
    this.#image = image;
    this.#left = left;
    this.#width = width;
    this.#rows = rows;
    this.#channels = channels;
    this.#colours = new Uint8Array(rows * width * channels);
    this.#nothing = new Uint8Array(rows * width);
    this.#hasNothing = new Uint8Array(rows);
  }

  /** Takes rows of the columns that are held, over the oldest ones. */
  put(y: number, { height, data }: Raster, nothing: Uint8Array | null): void {
    const width = this.#width;
    const bytes = width * this.#channels;
    for (let row = 0; row < height; row++) {
      const slot = (y + row) % this.#rows;
      this.#colours.set(data.subarray(row * bytes, (row + 1) * bytes), slot * bytes);
      const line = nothing?.subarray(row * width, (row + 1) * width);
      const isHere = line?.includes(1) === true;
      if (isHere) this.#nothing.set(line, slot * width);
      this.#hasNothing[slot] = isHere ? 1 : 0;
    }
  }

  /** Whether there is nothing in all of a tile. */
  isNothing(x: number, y: number, side: number): boolean {
    const width = Math.min(side, this.#image.width - x);
    for (let row = y; row < Math.min(y + side, this.#image.height); row++) {
      const slot = row % this.#rows;
      if (this.#hasNothing[slot] === 0) return false;
      const start = slot * this.#width + x - this.#left;
      if (this.#nothing.subarray(start, start + width).includes(0)) return false;
    }
    return true;
  }

  /**
   * Cuts a tile out; where it reaches beyond the image, that is mirrored at its edge.
   *
   * @param out (side, side, channels)
   */
  tile(x: number, y: number, side: number, out: Uint8Array): void {
    const { width, height } = this.#image;
    const there = Math.min(side, width - x);
    const channels = this.#channels;
    for (let row = 0; row < side; row++) {
      const slot = mirrored(y + row, height) % this.#rows;
      const start = channels * (slot * this.#width + x - this.#left);
      const to = channels * row * side;
      out.set(this.#colours.subarray(start, start + channels * there), to);
      for (let column = there; column < side; column++) {
        const from = to + channels * (mirrored(x + column, width) - x);
        out.copyWithin(to + channels * column, from, from + channels);
      }
    }
  }

  /** Writes `value` where there is nothing. `out`: a row of the columns from `left` on. */
  markNothing(y: number, left: number, out: Uint8Array, value: number): void {
    const slot = y % this.#rows;
    if (this.#hasNothing[slot] === 0) return;
    const start = slot * this.#width + left - this.#left;
    for (let at = 0; at < out.length; at++) {
      if (this.#nothing[start + at] === 1) out[at] = value;
    }
  }
}

/** The place under a place beyond `length`, as in a mirror at the edge: …, 2, 1, 0, 0, 1, 2, …, n−1, n−1, n−2, … */
export function mirrored(at: number, length: number): number {
  const inside = at % (2 * length);
  return inside < length ? inside : 2 * length - 1 - inside;
}
