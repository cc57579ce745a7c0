import type { Raster } from '../image/raster.ts';
import { tilePixels, tileSide } from '../mask/tiles.ts';
import type { Rectangle, TilePlace } from '../mask/tiles.ts';

/** Labels at the working scale, and the image at that scale and at a finer one. */
export interface LabelledRegion {
  /** Region, in px of the working scale. */
  readonly region: Rectangle;
  /** Mask values of the region, (height, width). */
  readonly values: Uint8Array;
  /** Number of image px per pixel of the working scale. */
  readonly step: number;
  /** Region of the image at the working scale: (height, width, channels). */
  readonly coarse: Raster;
  /** Region of the image at its finest available scale; `fineStep` is the number of image px per pixel. */
  readonly fine: Raster;
  readonly fineStep: number;
}

/** Typical difference between neighbours of one region, grey levels. */
const likeness = 16;
/** Similarity by squared difference, up to 64 grey levels: an exponential per pixel would take too long. */
const likenesses = Float64Array.from(
  { length: 64 * 64 },
  (_, square) => Math.exp(-square / (2 * likeness * likeness)) + 1e-6,
);
/** Marker for pixels whose four neighbours have different values. */
const isMixed = 256;

/**
 * Draws tiles of a level (one pixel for 2^level × 2^level of the image) from labels that may be coarser
 * than the level. Where the four labels around a pixel differ, each votes with a weight by its distance and the
 * similarity of its colour (joint bilateral upsampling, Kopf et al., ACM
 * Transactions on Graphics 26, 2007).
 */
export class TilePainter {
  readonly #labelled: LabelledRegion;
  readonly #pixel: number;
  readonly #uniform: Uint16Array;

  constructor(labelled: LabelledRegion, level: number) {
    this.#labelled = labelled;
    this.#pixel = 2 ** level;
    this.#uniform = uniformValues(labelled);
  }

  /**
   * Draws one tile.
   *
   * @param area in px of the level; outside of it the tile stays 0
   * @returns 512 × 512 mask values
   */
  paint({ x, y }: TilePlace, area: Rectangle): Uint8Array {
    const { region, step, values } = this.#labelled;
    const tile = new Uint8Array(tilePixels);
    const left = Math.max(area.x, x * tileSide);
    const right = Math.min(area.x + area.width, (x + 1) * tileSide);
    const top = Math.max(area.y, y * tileSide);
    const bottom = Math.min(area.y + area.height, (y + 1) * tileSide);
    const isCoarse = step > this.#pixel;
    const source = isCoarse ? this.#uniform : values;
    const places = Float64Array.from({ length: Math.max(0, right - left) }, (_, at) =>
      this.#placeOf(left + at, region.x, region.width, isCoarse),
    );
    const columns = Int32Array.from(places);
    for (let row = top; row < bottom; row++) {
      const v = this.#placeOf(row, region.y, region.height, isCoarse);
      const upper = Math.floor(v) * region.width;
      const target = (row - y * tileSide) * tileSide + left - x * tileSide;
      for (let at = 0; at < columns.length; at++) {
        const value = source[upper + (columns[at] ?? 0)] ?? 0;
        tile[target + at] =
          value === isMixed ? this.#vote(places[at] ?? 0, v, left + at, row) : value;
      }
    }
    return tile;
  }

  /** Position of a pixel of the level in the region: on its pixels, or between their centres. */
  #placeOf(at: number, start: number, size: number, isBetween: boolean): number {
    const place = ((at + 0.5) * this.#pixel) / this.#labelled.step - start;
    return Math.max(0, Math.min(size - 1, isBetween ? place - 0.5 : place));
  }

  #vote(u: number, v: number, column: number, row: number): number {
    const { region, values, fine, fineStep } = this.#labelled;
    const fineX = Math.min(fine.width - 1, Math.floor(((column + 0.5) * this.#pixel) / fineStep));
    const fineY = Math.min(fine.height - 1, Math.floor(((row + 0.5) * this.#pixel) / fineStep));
    const own = (fineY * fine.width + fineX) * fine.channels;
    const left = Math.floor(u);
    const top = Math.floor(v);
    const a = top * region.width + left;
    const b = left + 1 < region.width ? a + 1 : a;
    const below = top + 1 < region.height ? region.width : 0;
    const right = u - left;
    const down = v - top;
    return mostVotes(
      values[a] ?? 0,
      (1 - right) * (1 - down) * this.#alike(own, a),
      values[b] ?? 0,
      right * (1 - down) * this.#alike(own, b),
      values[a + below] ?? 0,
      (1 - right) * down * this.#alike(own, a + below),
      values[b + below] ?? 0,
      right * down * this.#alike(own, b + below),
    );
  }

  /** Similarity between a pixel of the fine image and one of the coarse image, above 0. */
  #alike(own: number, other: number): number {
    const { coarse, fine } = this.#labelled;
    const { channels } = fine;
    let distance = 0;
    for (let channel = 0; channel < channels; channel++) {
      const difference =
        (fine.data[own + channel] ?? 0) - (coarse.data[other * channels + channel] ?? 0);
      distance += difference * difference;
    }
    return likenesses[Math.min(likenesses.length - 1, (distance / channels) | 0)] ?? 0;
  }
}

/** Value with the most votes among four, the first among equals. */
function mostVotes(
  a: number,
  votesA: number,
  b: number,
  votesB: number,
  c: number,
  votesC: number,
  d: number,
  votesD: number,
): number {
  const forA = votesA + (b === a ? votesB : 0) + (c === a ? votesC : 0) + (d === a ? votesD : 0);
  const forB = b === a ? 0 : votesB + (c === b ? votesC : 0) + (d === b ? votesD : 0);
  const forC = c === a || c === b ? 0 : votesC + (d === c ? votesD : 0);
  const forD = d === a || d === b || d === c ? 0 : votesD;
  if (forA >= forB && forA >= forC && forA >= forD) return a;
  if (forB >= forC && forB >= forD) return b;
  return forC >= forD ? c : d;
}

/** Common value of each pixel and its right, lower and lower right neighbour, or `isMixed`. */
function uniformValues({ region, values }: LabelledRegion): Uint16Array {
  const { width, height } = region;
  const uniform = new Uint16Array(width * height);
  for (let y = 0; y < height; y++) {
    const below = Math.min(height - 1, y + 1) * width;
    for (let x = 0; x < width; x++) {
      const right = Math.min(width - 1, x + 1);
      const own = values[y * width + x] ?? 0;
      const isOne =
        values[y * width + right] === own &&
        values[below + x] === own &&
        values[below + right] === own;
      uniform[y * width + x] = isOne ? own : isMixed;
    }
  }
  return uniform;
}
