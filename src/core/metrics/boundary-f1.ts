import { ignoreValue, type Rectangle, type Size } from '../mask/tiles.ts';
import { requireClass, requireClassCount, requirePair } from './mask-confusion.ts';

/**
 * Numbers of boundary pixels of one image by class value, each (K); background is not counted and stays 0.
 * The precision of a class is predictedNear / predicted, its recall truthNear / truth.
 */
export interface BoundaryCounts {
  readonly predicted: Float64Array;
  /** Predicted boundary pixels that have a true one of their class within the tolerance. */
  readonly predictedNear: Float64Array;
  readonly truth: Float64Array;
  /** True boundary pixels that have a predicted one of their class within the tolerance. */
  readonly truthNear: Float64Array;
}

/** Largest Euclidean distance between the centres of pixels at which boundaries match. */
export interface BoundaryTolerance {
  /** Distance in px, or in the unit of `spacing` (mm); at least 0. A distance of exactly this much is within. */
  readonly distance: number;
  /** Distance from pixel to pixel, greater than 0; 1 each (px) by default. */
  readonly spacing?: { readonly x: number; readonly y: number } | undefined;
}

/** Values of a rectangle in both masks, row by row. */
export interface MaskPair {
  readonly truth: Uint8Array;
  readonly predicted: Uint8Array;
}

/** Function that reads the requested rows of both masks, which are inside the image. */
export type ReadMasks = (rectangle: Rectangle) => MaskPair;

export interface BoundaryOptions {
  /** Number of classes including background, K: 2 to 255. */
  readonly classes: number;
  readonly tolerance: BoundaryTolerance;
  /** Number of rows counted at a time; by default about 4 million pixels. It does not change the counts. */
  readonly stripHeight?: number;
}

/**
 * Counts boundary pixels for the boundary F1 (Csurka, Larlus and Perronnin, "What is a good evaluation measure for
 * semantic segmentation?", BMVC 2013) of every class of an image except background.
 *
 * A boundary pixel of a class is a pixel of it with one of four neighbours known to be of another. The border of the
 * image is not a boundary, and neither is the border to unknown pixels: a pixel that is 255 in truth or prediction is
 * treated in both as if it were outside the image.
 *
 * This differs from the paper in two ways: a distance of exactly the tolerance is within (there it must be less), and
 * the tolerance is a length in px or mm, not a share of the image's diagonal (0.75 %).
 * `boundaryF1` and the report define how counts become scores.
 *
 * The image is processed in strips of full width, so that memory is bounded whatever its height: about four
 * bytes per pixel of a strip and its halo, which is one row more than the tolerance above and below.
 *
 * @param read called for whole rows from the top down, again for those of the halo; its arrays are not kept
 */
export function boundaryCounts(
  size: Size,
  read: ReadMasks,
  { classes, tolerance, stripHeight = defaultStripHeight(size) }: BoundaryOptions,
): BoundaryCounts {
  requireClassCount(classes);
  const reach = boundaryReach(tolerance, size);
  requireReach(reach);
  const rows = Math.max(1, Math.min(stripHeight, size.height));
  const strip = new Strip(size.width, rows, reach);
  const near = nearOffsets(tolerance, reach, strip.stride);
  const counts = {
    predicted: new Float64Array(classes),
    predictedNear: new Float64Array(classes),
    truth: new Float64Array(classes),
    truthNear: new Float64Array(classes),
  };
  for (let top = 0; top < size.height; top += rows) {
    strip.fill(top, size, classes, read);
    const { truthEdges, predictedEdges } = strip;
    countEdges(strip, predictedEdges, truthEdges, near, counts.predicted, counts.predictedNear);
    countEdges(strip, truthEdges, predictedEdges, near, counts.truth, counts.truthNear);
  }
  return counts;
}

/** Creates a reader of two masks in memory, each (height, width). */
export function readFromMasks({ truth, predicted }: MaskPair, size: Size): ReadMasks {
  requirePair(truth, predicted, size.width * size.height);
  return ({ y, height }) => {
    const [from, to] = [y * size.width, (y + height) * size.width];
    return { truth: truth.subarray(from, to), predicted: predicted.subarray(from, to) };
  };
}

/**
 * Boundary F1 of a class in an image, 2PR / (P + R) of precision P and recall R, in [0, 1]. 0 if only
 * one of truth and prediction has a boundary, NaN (undefined) if neither has.
 */
export function boundaryF1(counts: BoundaryCounts, own: number): number {
  const predicted = counts.predicted[own] ?? 0;
  const truth = counts.truth[own] ?? 0;
  if (predicted === 0 && truth === 0) return NaN;
  if (predicted === 0 || truth === 0) return 0;
  const precision = (counts.predictedNear[own] ?? 0) / predicted;
  const recall = (counts.truthNear[own] ?? 0) / truth;
  return precision + recall === 0 ? 0 : (2 * precision * recall) / (precision + recall);
}

/** Reach of a tolerance along each axis, px. */
export interface Reach {
  readonly x: number;
  readonly y: number;
}

/** Largest reach of a tolerance, px; its table of offsets to all pixels within has about 200,000 entries. */
export const farthestReach = 256;

/** Factor by which distances that are equal except for rounding, like 3 × 0.1 and 0.3, count as equal. */
const rounding = 1 + 1e-9;

/** Pixels in a strip by default; memory is four bytes for each. */
const pixelsOfStrip = 2 ** 22;

function defaultStripHeight({ width }: Size): number {
  return Math.max(64, Math.floor(pixelsOfStrip / width));
}

/** Computes how far a tolerance reaches in an image; counting supports up to `farthestReach`. */
export function boundaryReach(
  { distance, spacing = { x: 1, y: 1 } }: BoundaryTolerance,
  size: Size,
): Reach {
  if (!(distance >= 0 && spacing.x > 0 && spacing.y > 0)) {
    throw new Error(
      `boundary: got tolerance ${distance} at spacing (${spacing.x}, ${spacing.y}), expected at least 0 ` +
        'and a spacing greater than 0',
    );
  }
  const x = Math.min(Math.floor((distance * rounding) / spacing.x), size.width - 1);
  const y = Math.min(Math.floor((distance * rounding) / spacing.y), size.height - 1);
  return { x, y };
}

function requireReach({ x, y }: Reach): void {
  if (Math.max(x, y) <= farthestReach) return;
  throw new Error(
    `boundary: a tolerance of ${Math.max(x, y)} pixels is too large, expected at most ${farthestReach}`,
  );
}

/** Offsets, in an array with rows of `stride`, to every pixel within the tolerance, the nearest first. */
function nearOffsets(
  { distance, spacing = { x: 1, y: 1 } }: BoundaryTolerance,
  reach: Reach,
  stride: number,
): Int32Array {
  const found: { readonly offset: number; readonly squared: number }[] = [];
  for (let y = -reach.y; y <= reach.y; y++) {
    for (let x = -reach.x; x <= reach.x; x++) {
      const squared = (x * spacing.x) ** 2 + (y * spacing.y) ** 2;
      if (squared <= (distance * rounding) ** 2) found.push({ offset: y * stride + x, squared });
    }
  }
  found.sort((a, b) => a.squared - b.squared);
  return Int32Array.from(found, ({ offset }) => offset);
}

/**
 * Rows of both masks and their boundaries. The margin, one pixel wider than the tolerance, is unknown and has no
 * boundary, so that no offset from a pixel of the strip leaves the arrays.
 */
class Strip {
  /** Number of values from one row to the next. */
  readonly stride: number;
  /** Class of each boundary pixel; 0 for other pixels. */
  readonly truthEdges: Uint8Array;
  readonly predictedEdges: Uint8Array;
  /** Width of the margin, px. */
  readonly left: number;
  readonly above: number;
  readonly width: number;
  /** Number of rows that are counted, without the halo; fewer at the end of the image. */
  height = 0;
  readonly #truth: Uint8Array;
  readonly #predicted: Uint8Array;
  readonly #rows: number;

  constructor(width: number, rows: number, reach: Reach) {
    this.width = width;
    this.left = reach.x + 1;
    this.above = reach.y + 1;
    this.stride = width + 2 * this.left;
    const values = this.stride * (rows + 2 * this.above);
    this.truthEdges = new Uint8Array(values);
    this.predictedEdges = new Uint8Array(values);
    this.#truth = new Uint8Array(values);
    this.#predicted = new Uint8Array(values);
    this.#rows = rows;
  }

  /** Reads the rows from `top` on and their halo, and finds the boundaries. */
  fill(top: number, size: Size, classes: number, read: ReadMasks): void {
    this.height = Math.min(this.#rows, size.height - top);
    const y = Math.max(0, top - this.above);
    const height = Math.min(size.height, top + this.height + this.above) - y;
    const pair = read({ x: 0, y, width: size.width, height });
    requirePair(pair.truth, pair.predicted, size.width * height);
    const firstRow = y - top + this.above;
    this.#copyKnown(pair, firstRow, height, classes);
    this.truthEdges.fill(0);
    this.predictedEdges.fill(0);
    this.#findEdges(this.#truth, this.truthEdges, firstRow, height);
    this.#findEdges(this.#predicted, this.predictedEdges, firstRow, height);
  }

  /** Copies both masks; a pixel unknown in one is made unknown in both. */
  #copyKnown({ truth, predicted }: MaskPair, firstRow: number, height: number, classes: number) {
    const { stride, left, width } = this;
    this.#truth.fill(ignoreValue);
    this.#predicted.fill(ignoreValue);
    for (let row = 0; row < height; row++) {
      const start = (firstRow + row) * stride + left;
      for (let column = 0; column < width; column++) {
        const own = truth[row * width + column] ?? ignoreValue;
        const other = predicted[row * width + column] ?? ignoreValue;
        if (own < classes && other < classes) {
          this.#truth[start + column] = own;
          this.#predicted[start + column] = other;
        } else {
          requireClass(own, classes);
          requireClass(other, classes);
        }
      }
    }
  }

  #findEdges(values: Uint8Array, edges: Uint8Array, firstRow: number, height: number): void {
    const { stride, left, width } = this;
    // The outermost rows serve as neighbours only: no pixel counts that far out.
    const lastRow = Math.min(firstRow + height, values.length / stride - 1);
    for (let row = Math.max(firstRow, 1); row < lastRow; row++) {
      const start = row * stride + left;
      for (let at = start; at < start + width; at++) {
        const value = values[at] ?? ignoreValue;
        if (value === 0 || value === ignoreValue) continue;
        if (
          isOther(values[at - 1], value) ||
          isOther(values[at + 1], value) ||
          isOther(values[at - stride], value) ||
          isOther(values[at + stride], value)
        ) {
          edges[at] = value;
        }
      }
    }
  }
}

function isOther(neighbour: number | undefined, value: number): boolean {
  return neighbour !== value && neighbour !== ignoreValue;
}

/** Counts the boundary pixels of `edges` by class, and those with one of the same class near in `others`. */
function countEdges(
  { stride, left, above, width, height }: Strip,
  edges: Uint8Array,
  others: Uint8Array,
  near: Int32Array,
  count: Float64Array,
  countNear: Float64Array,
): void {
  for (let row = above; row < above + height; row++) {
    const start = row * stride + left;
    for (let at = start; at < start + width; at++) {
      const value = edges[at] ?? 0;
      if (value === 0) continue;
      count[value] = (count[value] ?? 0) + 1;
      if (isNear(others, at, value, near)) countNear[value] = (countNear[value] ?? 0) + 1;
    }
  }
}

function isNear(others: Uint8Array, at: number, value: number, near: Int32Array): boolean {
  const count = near.length;
  for (let place = 0; place < count; place++) {
    if (others[at + (near[place] ?? 0)] === value) return true;
  }
  return false;
}
