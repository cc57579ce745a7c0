import type { Area } from './area.ts';

/** Side of its pixels on which an edge is. */
type EdgeSide = 'top' | 'bottom' | 'left' | 'right';

/** Callback for an edge along `length` pixels of one value, from the pixel at (x, y) to the right or down. */
export type TakeEdge = (
  value: number,
  side: EdgeSide,
  x: number,
  y: number,
  length: number,
) => void;

/**
 * Emits the outlines of regions: edges where a pixel that is not background has a neighbour of another value. Each is
 * emitted at its full straight length, from inside the region, so that two regions that touch have one each.
 *
 * @param area requested area with a margin of one pixel
 */
export function outlineEdges(area: Area, take: TakeEdge): void {
  const { x, y, width, height, values } = area;
  const walk = (side: EdgeSide, lines: number, pixels: number): void => {
    const isRow = side === 'top' || side === 'bottom';
    const beside = { top: -width, bottom: width, left: -1, right: 1 }[side];
    const step = isRow ? 1 : width;
    for (let line = 1; line < lines - 1; line++) {
      const start = isRow ? line * width : line;
      let [value, from] = [0, 0];
      for (let pixel = 1; pixel < pixels; pixel++) {
        const at = start + pixel * step;
        const present = pixel === pixels - 1 ? 0 : (values[at] ?? 0);
        const edge = present !== 0 && values[at + beside] !== present ? present : 0;
        if (edge === value) continue;
        if (value !== 0) {
          if (isRow) take(value, side, x + from, y + line, pixel - from);
          else take(value, side, x + line, y + from, pixel - from);
        }
        [value, from] = [edge, pixel];
      }
    }
  };
  walk('top', height, width);
  walk('bottom', height, width);
  walk('left', width, height);
  walk('right', width, height);
}

/** True if a pixel of an area, given by its index, is at the border of its region; never call it for the margin. */
export function isBorder({ values, width }: Area, at: number): boolean {
  const value = values[at];
  return (
    value !== 0 &&
    (values[at - 1] !== value ||
      values[at + 1] !== value ||
      values[at - width] !== value ||
      values[at + width] !== value)
  );
}
