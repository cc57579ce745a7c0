/** Weighted sums of the probabilities of overlapping tiles, and the class with the largest sum. */

export interface TileEnds {
  /** True if the image begins at this tile. */
  readonly isFirst: boolean;
  readonly isLast: boolean;
}

/**
 * Weights along one axis of a tile, by distance to its edge: a raised cosine (Hann), sampled at pixel
 * centres and so never 0. Towards the image's own border, which no other tile covers better, it stays 1.
 * A pixel's weight is the product of both axes' weights.
 */
export function tileWeights(side: number, { isFirst, isLast }: TileEnds): Float32Array {
  return Float32Array.from({ length: side }, (_, at) => {
    const isFull = 2 * at + 1 < side ? isFirst : isLast;
    return isFull ? 1 : 0.5 - 0.5 * Math.cos((2 * Math.PI * (at + 0.5)) / side);
  });
}

/** Probabilities of a tile, (classes, side, side), starting at `offset` in a model's output. */
export interface TileProbabilities {
  readonly values: Float32Array;
  readonly offset: number;
  /** Corner of the tile in the image, px. */
  readonly x: number;
  readonly y: number;
  /** Weights of its columns and rows, from `tileWeights`. */
  readonly across: Float32Array;
  readonly down: Float32Array;
}

/** Columns of the image that are summed, [left, right), and the image's height, px. */
export interface BlendArea {
  readonly left: number;
  readonly right: number;
  readonly height: number;
}

/**
 * Sums of the image rows that further tiles may still add to: as many as a tile has, 4 bytes · classes · side ·
 * width. Tiles must come in the order of their rows; each sum is then added in the same order for any
 * width, so its result does not depend on the width.
 *
 * The sums are not divided by the sum of their weights, which is the same for all classes of a pixel.
 */
export class OpenRows {
  readonly #area: BlendArea;
  readonly #side: number;
  readonly #classes: number;
  /** Sums, (side, classes, width); row y of the image is at y modulo side. */
  readonly #sums: Float32Array;
  readonly #best: Float32Array;
  /** First row that is still open. */
  #next: number;

  /** @param first row of the image at which the first tiles begin */
  constructor(area: BlendArea, side: number, classes: number, first: number) {
    const width = area.right - area.left;
    this.#area = area;
    this.#side = side;
    this.#classes = classes;
    this.#sums = new Float32Array(side * classes * width);
    this.#best = new Float32Array(width);
    this.#next = first;
  }

  get next(): number {
    return this.#next;
  }

  /** Adds the part of a tile that is inside the area. */
  add({ values, offset, x, y, across, down }: TileProbabilities): void {
    const { left, right, height } = this.#area;
    const [side, width, sums] = [this.#side, right - left, this.#sums];
    const from = Math.max(0, left - x);
    const count = Math.min(side, right - x) - from;
    const rows = Math.min(side, height - y);
    for (let row = 0; row < rows; row++) {
      const weight = down[row] ?? 0;
      let to = ((y + row) % side) * this.#classes * width + x + from - left;
      let read = offset + row * side + from;
      for (let one = 0; one < this.#classes; one++) {
        for (let at = 0; at < count; at++) {
          const value = weight * (across[from + at] ?? 0) * (values[read + at] ?? 0);
          sums[to + at] = (sums[to + at] ?? 0) + value;
        }
        to += width;
        read += side * side;
      }
    }
  }

  /**
   * Closes the next row, after all of its tiles were added.
   *
   * @param out class with the largest sum, the first among equals, (right − left)
   */
  closeRow(out: Uint8Array): void {
    const width = this.#best.length;
    const start = (this.#next % this.#side) * this.#classes * width;
    const row = this.#sums.subarray(start, start + this.#classes * width);
    const best = this.#best;
    best.set(row.subarray(0, width));
    out.fill(0, 0, width);
    for (let one = 1; one < this.#classes; one++) {
      const at = one * width;
      for (let x = 0; x < width; x++) {
        const value = row[at + x] ?? 0;
        if (value > (best[x] ?? 0)) {
          best[x] = value;
          out[x] = one;
        }
      }
    }
    row.fill(0);
    this.#next++;
  }
}
