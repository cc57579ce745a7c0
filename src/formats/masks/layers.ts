import {
  tileExtent,
  tilePixels,
  tileSide,
  type Rectangle,
  type Size,
} from '../../core/mask/tiles.ts';
import type { MaskClass } from './mask-raster.ts';
import type { OpenMask } from './mask-source.ts';

/** What a shape paints in: a tile, in px of the image. */
export interface TileCanvas extends Rectangle {
  /** A run of a row, [from, to), of which only what lies in the tile is painted. */
  row(y: number, from: number, to: number): void;
  /** The same down a column. */
  column(x: number, from: number, to: number): void;
}

/** An area of one class. */
export interface Shape {
  readonly value: number;
  /** Where it may have pixels. */
  readonly bounds: Rectangle;
  paint(canvas: TileCanvas): void;
}

/** A mask of shapes, of which the later lie over the earlier; it notes what was painted twice. */
export function layeredMask(
  image: Size,
  classes: readonly MaskClass[],
  shapes: readonly Shape[],
): OpenMask {
  let overlapping = 0;
  return {
    width: image.width,
    height: image.height,
    classes,
    tile(x, y) {
      const tile = { x: x * tileSide, y: y * tileSide, ...tileExtent({ x, y }, image) };
      const touching = shapes.filter(({ bounds }) => areTouching(bounds, tile));
      if (touching.length === 0) return Promise.resolve(null);
      const canvas = new Canvas(tile);
      for (const shape of touching) {
        canvas.value = shape.value;
        shape.paint(canvas);
      }
      overlapping += canvas.overlapping;
      return Promise.resolve(canvas.pixels);
    },
    notes: () =>
      overlapping === 0
        ? []
        : [`classes overlap in ${overlapping} pixels; the later in the file was taken`],
    close: () => Promise.resolve(),
  };
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
  value = 0;
  overlapping = 0;

  constructor({ x, y, width, height }: Rectangle) {
    this.x = x;
    this.y = y;
    this.width = width;
    this.height = height;
  }

  row(y: number, from: number, to: number): void {
    const row = y - this.y;
    if (row < 0 || row >= this.height) return;
    const start = Math.max(0, from - this.x);
    const end = Math.min(this.width, to - this.x);
    for (let at = row * tileSide + start; at < row * tileSide + end; at++) this.#put(at);
  }

  column(x: number, from: number, to: number): void {
    const column = x - this.x;
    if (column < 0 || column >= this.width) return;
    const start = Math.max(0, from - this.y);
    const end = Math.min(this.height, to - this.y);
    for (let row = start; row < end; row++) this.#put(row * tileSide + column);
  }

  #put(at: number): void {
    const before = this.pixels[at] ?? 0;
    if (before !== 0 && before !== this.value) this.overlapping++;
    this.pixels[at] = this.value;
  }
}
