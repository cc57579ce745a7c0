import type { Rectangle } from '../mask/tiles.ts';
import type { FeatureBytes } from './feature-bytes.ts';
import { addFeatureLogits, patchLogits } from './pixel-classifier.ts';
import type { PixelClassifier } from './pixel-classifier.ts';

/** Grid of an image's patches that covers a region, numbered from the image's corner; (rows, columns). */
export interface PatchGrid {
  readonly left: number;
  readonly top: number;
  readonly columns: number;
  readonly rows: number;
  /** Side of a patch, px at the working scale. */
  readonly patchSize: number;
}

/** Pixel features of a part of the image. */
export interface Block extends Rectangle {
  readonly bytes: FeatureBytes;
}

/** Most probable class of each pixel of a region, and its probability. */
export interface Labels extends Rectangle {
  /** Class indices from 0, (height, width). */
  readonly classes: Uint8Array;
  /** Probability of that class, as a share of 255. */
  readonly probabilities: Uint8Array;
}

/** Finds the patches whose centres surround the pixels of a region; the image has `across` × `down` patches. */
export function patchGridOf(
  { x, y, width, height }: Rectangle,
  patchSize: number,
  across: number,
  down: number,
): PatchGrid {
  const first = (start: number): number => Math.max(0, Math.floor((start + 0.5) / patchSize - 0.5));
  const last = (end: number, count: number): number =>
    Math.min(count - 1, Math.floor((end - 0.5) / patchSize - 0.5) + 1);
  const [left, top] = [first(x), first(y)];
  return {
    left,
    top,
    patchSize,
    columns: last(x + width, across) - left + 1,
    rows: last(y + height, down) - top + 1,
  };
}

/** Computes the logits of a grid's patches, (C, rows, columns). */
export function gridLogits(
  classifier: PixelClassifier,
  { left, top, columns, rows }: PatchGrid,
  patch: (column: number, row: number) => Float32Array,
): Float32Array {
  const { classes } = classifier;
  const logits = new Float32Array(classes * rows * columns);
  const own = new Float32Array(classes);
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      patchLogits(classifier, patch(left + column, top + row), own);
      for (let at = 0; at < classes; at++) {
        logits[(at * rows + row) * columns + column] = own[at] ?? 0;
      }
    }
  }
  return logits;
}

/**
 * Labels the pixels of a region. The patches' part of a logit is linear in their features, so the logits are
 * interpolated between patch centres instead of the features.
 */
export class Labeller {
  readonly labels: Labels;
  readonly #classifier: PixelClassifier;
  readonly #grid: PatchGrid;
  readonly #gridLogits: Float32Array;
  #logits = new Float32Array();
  readonly #line: Float32Array;

  constructor(
    classifier: PixelClassifier,
    region: Rectangle,
    grid: PatchGrid,
    logits: Float32Array,
  ) {
    const { x, y, width, height } = region;
    const classes = new Uint8Array(width * height);
    this.labels = { x, y, width, height, classes, probabilities: classes.slice() };
    this.#classifier = classifier;
    this.#grid = grid;
    this.#gridLogits = logits;
    this.#line = new Float32Array(grid.columns);
  }

  /** Labels the part of a block that is inside the region. */
  add(block: Block): void {
    const { labels } = this;
    const top = Math.max(labels.y, block.y);
    const bottom = Math.min(labels.y + labels.height, block.y + block.height);
    if (bottom <= top) return;
    const { bytes, width } = block;
    const { classes } = this.#classifier;
    // Rows of the block outside the region need no logits.
    const pixels = (bottom - top) * width;
    if (this.#logits.length < classes * pixels) this.#logits = new Float32Array(classes * pixels);
    const first = (top - block.y) * width;
    for (let own = 0; own < classes; own++) {
      const logits = this.#logits.subarray(own * pixels, (own + 1) * pixels);
      for (let row = 0; row < bottom - top; row++) {
        this.#patchRow(own, top + row, block, logits.subarray(row * width, (row + 1) * width));
      }
      addFeatureLogits(this.#classifier, own, { bytes, first, pixels }, logits);
    }
    this.#decide(block, top, bottom, pixels);
  }

  /** Computes the patches' part of a row's logits. */
  #patchRow(own: number, y: number, { x, width }: Rectangle, out: Float32Array): void {
    const { left, top, columns, rows, patchSize } = this.#grid;
    const [upper, down] = between((y + 0.5) / patchSize - 0.5 - top, rows);
    const lower = Math.min(rows - 1, upper + 1);
    const start = own * rows * columns;
    const line = this.#line;
    for (let column = 0; column < columns; column++) {
      const above = this.#gridLogits[start + upper * columns + column] ?? 0;
      const below = this.#gridLogits[start + lower * columns + column] ?? 0;
      line[column] = above + (below - above) * down;
    }
    for (let at = 0; at < width; at++) {
      // Same as `between`, without allocating a pair per pixel.
      const place = (x + at + 0.5) / patchSize - 0.5 - left;
      const within = place < 0 ? 0 : place > columns - 1 ? columns - 1 : place;
      const column = within | 0;
      const here = line[column] ?? 0;
      const next = column + 1 < columns ? (line[column + 1] ?? 0) : here;
      out[at] = here + (next - here) * (within - column);
    }
  }

  #decide(block: Rectangle, top: number, bottom: number, pixels: number): void {
    const { x, y, width, classes: labels, probabilities } = this.labels;
    const { classes } = this.#classifier;
    const logits = this.#logits;
    const from = Math.max(x, block.x);
    const to = Math.min(x + width, block.x + block.width);
    for (let row = top; row < bottom; row++) {
      let source = (row - top) * block.width + from - block.x;
      let target = (row - y) * width + from - x;
      for (let column = from; column < to; column++, source++, target++) {
        let best = 0;
        let greatest = logits[source] ?? 0;
        for (let own = 1; own < classes; own++) {
          const logit = logits[own * pixels + source] ?? 0;
          if (logit > greatest) {
            greatest = logit;
            best = own;
          }
        }
        let sum = 1;
        for (let own = 0; own < classes; own++) {
          if (own !== best) sum += Math.exp((logits[own * pixels + source] ?? 0) - greatest);
        }
        labels[target] = best;
        probabilities[target] = 255 / sum + 0.5;
      }
    }
  }
}

/** Index before a place on a line with the given number of points, and the share of the way to the next. */
function between(place: number, points: number): [number, number] {
  const within = Math.max(0, Math.min(points - 1, place));
  const index = Math.floor(within);
  return [index, within - index];
}
