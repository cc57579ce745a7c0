import type { Rectangle } from '../../../core/mask/tiles.ts';

/** Point: px of the image from the corner of its first pixel, or CSS px from the stage's top left corner. */
export interface Point {
  readonly x: number;
  readonly y: number;
}

/** Intersection of two rectangles; undefined if it is empty. */
export function intersection(one: Rectangle, other: Rectangle): Rectangle | undefined {
  const x = Math.max(one.x, other.x);
  const y = Math.max(one.y, other.y);
  const width = Math.min(one.x + one.width, other.x + other.width) - x;
  const height = Math.min(one.y + one.height, other.y + other.height) - y;
  return width > 0 && height > 0 ? { x, y, width, height } : undefined;
}

/** Smallest rectangle that contains two others. */
export function union(one: Rectangle, other: Rectangle): Rectangle {
  const x = Math.min(one.x, other.x);
  const y = Math.min(one.y, other.y);
  const right = Math.max(one.x + one.width, other.x + other.width);
  const bottom = Math.max(one.y + one.height, other.y + other.height);
  return { x, y, width: right - x, height: bottom - y };
}
