import {
  tileExtent,
  tilePixels,
  tileSide,
  type Rectangle,
  type Size,
} from '../../core/mask/tiles.ts';
import type { MaskClass } from './mask-raster.ts';
import type { OpenMask } from './mask-source.ts';
import type { WorkBudget } from './work-budget.ts';
import { maskFileText } from '../../text/index.ts';

/** Canvas for a shape: a tile, in px of the image. */
export interface TileCanvas extends Rectangle {
  /** A run of a row, [from, to), of which only the part in the tile is painted. */
  row(y: number, from: number, to: number): void;
  /** The same down a column. */
  column(x: number, from: number, to: number): void;
  /** Counts steps that paint nothing. @throws UserError 'too-large' */
  spend(steps: number): void;
}

/** An area of one class. */
export interface MaskShape {
  readonly value: number;
  /** Bounds of its possible pixels. */
  readonly bounds: Rectangle;
  /** Least number of steps to paint it entirely; see `WorkBudget`. */
  readonly steps: number;
  paint(canvas: TileCanvas): void;
}

/**
 * Mask of shapes, where later shapes cover earlier ones; its notes count the pixels painted twice.
 *
 * @param budget of drawing all of its tiles
 * @throws UserError 'too-large' if the shapes take more than that
 */
export function layeredMask(
  image: Size,
  classes: readonly MaskClass[],
  shapes: readonly MaskShape[],
  budget: WorkBudget,
): OpenMask {
  budget.requireLeft(shapes.reduce((sum, { steps }) => sum + steps, 0));
  const byRow = new ShapesByRow(shapes);
  let overlapping = 0;
  return {
    width: image.width,
    height: image.height,
    classes,
    tile(x, y) {
      const tile = { x: x * tileSide, y: y * tileSide, ...tileExtent({ x, y }, image) };
      const touching = byRow.at(y).filter(({ bounds }) => areTouching(bounds, tile));
      if (touching.length === 0) return Promise.resolve(null);
      const canvas = new Canvas(tile, budget);
      for (const shape of touching) {
        canvas.value = shape.value;
        shape.paint(canvas);
      }
      overlapping += canvas.overlapping;
      return Promise.resolve(canvas.pixels);
    },
    notes: () => (overlapping === 0 ? [] : [maskFileText.classesOverlap(overlapping)]),
    close: () => Promise.resolve(),
  };
}

/** Shapes by rows of tiles: a mosaic has thousands of tiles and hundreds of thousands of shapes. */
class ShapesByRow {
  readonly #shapes: readonly MaskShape[];
  /** The row requested last; tiles are requested row by row. */
  #row = { y: -1, shapes: [] as readonly MaskShape[] };

  constructor(shapes: readonly MaskShape[]) {
    this.#shapes = shapes;
  }

  /** Returns the shapes that may touch a row of tiles, in their order. */
  at(y: number): readonly MaskShape[] {
    if (this.#row.y === y) return this.#row.shapes;
    const top = y * tileSide;
    const shapes = this.#shapes.filter(
      ({ bounds }) => bounds.y < top + tileSide && top < bounds.y + bounds.height,
    );
    this.#row = { y, shapes };
    return shapes;
  }
}

function areTouching(a: Rectangle, b: Rectangle): boolean {
  const across = a.x < b.x + b.width && b.x < a.x + a.width;
  return across && a.y < b.y + b.height && b.y < a.y + a.height;
}

class Canvas implements TileCanvas {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  readonly pixels = new Uint8Array(tilePixels);
  readonly #budget: WorkBudget;
  value = 0;
  overlapping = 0;

  constructor({ x, y, width, height }: Rectangle, budget: WorkBudget) {
    this.x = x;
    this.y = y;
    this.width = width;
    this.height = height;
    this.#budget = budget;
  }

  row(y: number, from: number, to: number): void {
    const row = y - this.y;
    if (row < 0 || row >= this.height) return;
    const start = Math.max(0, from - this.x);
    const end = Math.min(this.width, to - this.x);
    this.#put(row * tileSide + start, end - start, 1);
  }

  column(x: number, from: number, to: number): void {
    const column = x - this.x;
    if (column < 0 || column >= this.width) return;
    const start = Math.max(0, from - this.y);
    const end = Math.min(this.height, to - this.y);
    this.#put(start * tileSide + column, end - start, tileSide);
  }

  spend(steps: number): void {
    this.#budget.spend(steps);
  }

  #put(first: number, count: number, step: number): void {
    if (count <= 0) return;
    this.#budget.spend(count);
    const { pixels, value } = this;
    let overlapping = 0;
    for (let at = first, left = count; left > 0; left--, at += step) {
      const before = pixels[at] ?? 0;
      if (before !== 0 && before !== value) overlapping++;
      pixels[at] = value;
    }
    this.overlapping += overlapping;
  }
}
