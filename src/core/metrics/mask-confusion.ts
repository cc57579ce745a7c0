import { ignoreValue } from '../mask/tiles.ts';

/** Pixel counts of one image by class value, each (K): the basis of Dice, IoU and pixel accuracy. */
export interface ClassPixels {
  /** Pixels that are of the class in truth and in prediction. */
  readonly right: Float64Array;
  /** Pixels that are of the class in truth, right ones included. */
  readonly truth: Float64Array;
  /** Pixels that are of the class in the prediction, right ones included. */
  readonly predicted: Float64Array;
}

/**
 * Counts the pixels of an image by true and predicted class, area by area: tiles in any order give the same counts as
 * the whole at once. Values are 0 for background and 1 to K − 1 for classes. A pixel that is 255 in truth or
 * prediction (unknown, as on a nodata border) is left out.
 */
export class MaskConfusion {
  /** Counts, (K, K), rows truth, columns prediction. */
  readonly counts: Float64Array;
  /** Number of classes including background, K. */
  readonly classes: number;
  #leftOut = 0;

  /** @param classes K, including background: 2 to 255 */
  constructor(classes: number) {
    requireClassCount(classes);
    this.classes = classes;
    this.counts = new Float64Array(classes * classes);
  }

  /** Number of pixels that are 255 in truth or prediction. */
  get leftOut(): number {
    return this.#leftOut;
  }

  /**
   * Adds an area: the same pixels of both masks in the same order. Throws if they differ in length, or
   * if a value is neither a class nor 255; the object must not be used after that, since part of the area was counted.
   */
  add(truth: Uint8Array, predicted: Uint8Array): void {
    requirePair(truth, predicted, truth.length);
    const { counts, classes } = this;
    for (let at = 0; at < truth.length; at++) {
      const row = truth[at] ?? ignoreValue;
      const column = predicted[at] ?? ignoreValue;
      if (row < classes && column < classes) {
        const cell = row * classes + column;
        counts[cell] = (counts[cell] ?? 0) + 1;
      } else {
        requireClass(row, classes);
        requireClass(column, classes);
        this.#leftOut++;
      }
    }
  }

  classPixels(): ClassPixels {
    const { counts, classes } = this;
    const right = new Float64Array(classes);
    const truth = new Float64Array(classes);
    const predicted = new Float64Array(classes);
    for (let row = 0; row < classes; row++) {
      right[row] = counts[row * classes + row] ?? 0;
      for (let column = 0; column < classes; column++) {
        const pixels = counts[row * classes + column] ?? 0;
        truth[row] = (truth[row] ?? 0) + pixels;
        predicted[column] = (predicted[column] ?? 0) + pixels;
      }
    }
    return { right, truth, predicted };
  }
}

export function requireClassCount(classes: number): void {
  if (Number.isInteger(classes) && classes >= 2 && classes <= ignoreValue) return;
  throw new Error(`masks: got ${classes} classes, expected 2 to ${ignoreValue} with background`);
}

/** Throws unless both masks of an area have `pixels` values. */
export function requirePair(truth: Uint8Array, predicted: Uint8Array, pixels: number): void {
  if (truth.length === pixels && predicted.length === pixels) return;
  throw new Error(
    `masks: truth has ${truth.length} pixels and the prediction ${predicted.length}, expected ${pixels}`,
  );
}

/** Throws if a value of a mask is neither a class nor 255. */
export function requireClass(value: number, classes: number): void {
  if (value < classes || value === ignoreValue) return;
  throw new Error(
    `masks: a pixel holds ${value}, expected 0 to ${classes - 1}, or ${ignoreValue} for unknown pixels`,
  );
}
