import type { Rectangle } from './tiles.ts';

/** Bounding rectangle that grows with each change of an image. */
export class Extent {
  left = Infinity;
  top = Infinity;
  right = -Infinity;
  bottom = -Infinity;

  get isEmpty(): boolean {
    return this.right <= this.left || this.bottom <= this.top;
  }

  /** @param right and @param bottom are exclusive */
  add(left: number, top: number, right: number, bottom: number): void {
    if (left < this.left) this.left = left;
    if (top < this.top) this.top = top;
    if (right > this.right) this.right = right;
    if (bottom > this.bottom) this.bottom = bottom;
  }

  addRectangle({ x, y, width, height }: Rectangle): void {
    if (width > 0 && height > 0) this.add(x, y, x + width, y + height);
  }

  rectangle(): Rectangle | undefined {
    if (this.isEmpty) return undefined;
    const { left, top } = this;
    return { x: left, y: top, width: this.right - left, height: this.bottom - top };
  }
}
