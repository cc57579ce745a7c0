import type { Raster } from '../image/raster.ts';
import { tilePixels, tileSide } from '../mask/tiles.ts';
import type { Rectangle, TilePlace } from '../mask/tiles.ts';

/** Labels at the working scale, and the image at that scale and at its own. */
export interface LabelledRegion {
  /** In px of the working scale. */
  readonly region: Rectangle;
  /** Mask values, (height, width) of the region. */
  readonly values: Uint8Array;
  /** px of the image a pixel of the working scale. */
  readonly step: number;
  /** The image at the working scale, of the region: (height, width, channels). */
  readonly coarse: Raster;
  /** The image as fine as it is there, and px of the image a pixel of it. */
  readonly fine: Raster;
  readonly fineStep: number;
}

/** Grey levels by which neighbours of one region may differ. */
const likeness = 16;
/** Not all four neighbours have one value. */
const isMixed = 256;

/**
 * Draws tiles of a level, of one pixel for 2^level × 2^level of the image, from labels that may be coarser
 * than they are. Where the four labels around a pixel differ, it takes that of the ones that look like it:
 * each votes by its nearness and the likeness of its colour (joint bilateral upsampling, Kopf et al., ACM
 * Transactions on Graphics 26, 2007).
 */
export class TilePainter {
  readonly #labelled: LabelledRegion;
  readonly #pixel: number;
  readonly #uniform: Uint16Array;
  readonly #votes = new Float64Array(4);
  readonly #candidates = new Uint8Array(4);

  constructor(labelled: LabelledRegion, level: number) {
    this.#labelled = labelled;
    this.#pixel = 2 ** level;
    this.#uniform = uniformValues(labelled);
  }

  /**
   * @param area in px of the level; outside of it a tile stays 0
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
    const places = Float64Array.from({ length: Math.max(0, right - left) }, (_, at) =>
      this.#placeOf(left + at, region.x, region.width, isCoarse),
    );
    for (let row = top; row < bottom; row++) {
      const v = this.#placeOf(row, region.y, region.height, isCoarse);
      const upper = Math.floor(v) * region.width;
      let target = (row - y * tileSide) * tileSide + left - x * tileSide;
      for (let at = 0; at < places.length; at++, target++) {
        const u = places[at] ?? 0;
        const source = upper + Math.floor(u);
        const value = isCoarse ? (this.#uniform[source] ?? 0) : (values[source] ?? 0);
        tile[target] = value === isMixed ? this.#vote(u, v, left + at, row) : value;
      }
    }
    return tile;
  }

  /** Where a pixel of the level lies in the region: on its pixels, or between their centres. */
  #placeOf(at: number, start: number, size: number, isBetween: boolean): number {
    const place = ((at + 0.5) * this.#pixel) / this.#labelled.step - start;
    return Math.max(0, Math.min(size - 1, isBetween ? place - 0.5 : place));
  }

  #vote(u: number, v: number, column: number, row: number): number {
    const { region, values, coarse, fine, fineStep } = this.#labelled;
    const { channels } = fine;
    const fineX = Math.min(fine.width - 1, Math.floor(((column + 0.5) * this.#pixel) / fineStep));
    const fineY = Math.min(fine.height - 1, Math.floor(((row + 0.5) * this.#pixel) / fineStep));
    const own = (fineY * fine.width + fineX) * channels;
    const [left, top] = [Math.floor(u), Math.floor(v)];
    const [votes, candidates] = [this.#votes, this.#candidates];
    for (let corner = 0; corner < 4; corner++) {
      const x = Math.min(region.width - 1, left + (corner & 1));
      const y = Math.min(region.height - 1, top + (corner >> 1));
      const near = (1 - Math.abs(u - x)) * (1 - Math.abs(v - y));
      let distance = 0;
      for (let channel = 0; channel < channels; channel++) {
        const other = coarse.data[(y * region.width + x) * channels + channel] ?? 0;
        distance += ((fine.data[own + channel] ?? 0) - other) ** 2;
      }
      const alike = Math.exp(-distance / (2 * channels * likeness ** 2));
      candidates[corner] = values[y * region.width + x] ?? 0;
      votes[corner] = Math.max(0, near) * (alike + 1e-6);
    }
    return mostVotes(candidates, votes);
  }
}

function mostVotes(candidates: Uint8Array, votes: Float64Array): number {
  let best = 0;
  let most = -1;
  for (const own of candidates) {
    let sum = 0;
    for (let other = 0; other < candidates.length; other++) {
      if (candidates[other] === own) sum += votes[other] ?? 0;
    }
    if (sum > most) {
      most = sum;
      best = own;
    }
  }
  return best;
}

/** Of each pixel with its right, lower and lower right neighbour: their value, or `isMixed`. */
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
