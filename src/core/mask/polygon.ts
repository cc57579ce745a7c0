import type { TakeRun } from './edit.ts';

export interface Corner {
  readonly x: number;
  readonly y: number;
}

/**
 * Emits the pixels whose centre is in a polygon, by the even-odd rule; corners in px of the image. A centre
 * exactly on an edge belongs to the side on its right or below, so that polygons with a common edge share no pixel
 * and leave none out.
 */
export function polygonRuns(corners: readonly Corner[], take: TakeRun): void {
  let top = Infinity;
  let bottom = -Infinity;
  // A loop, since the list may be longer than a call can have arguments.
  for (const { y } of corners) {
    top = Math.min(top, y);
    bottom = Math.max(bottom, y);
  }
  const first = Math.ceil(top - 0.5);
  const last = Math.ceil(bottom - 0.5) - 1;
  for (let row = first; row <= last; row++) {
    const crossings = crossingsAt(corners, row + 0.5);
    for (let pair = 0; pair + 1 < crossings.length; pair += 2) {
      const left = Math.ceil((crossings[pair] ?? 0) - 0.5);
      const right = Math.ceil((crossings[pair + 1] ?? 0) - 0.5);
      if (right > left) take(row, left, right);
    }
  }
}

/** Positions where edges cross a row's centre line, from the left. Edges include their upper end, not the lower one. */
function crossingsAt(corners: readonly Corner[], centre: number): number[] {
  const found: number[] = [];
  corners.forEach((one, index) => {
    const other = corners[(index + 1) % corners.length] ?? one;
    if (one.y > centre === other.y > centre) return;
    const [upper, lower] = one.y < other.y ? [one, other] : [other, one];
    const share = (centre - upper.y) / (lower.y - upper.y);
    found.push(upper.x + share * (lower.x - upper.x));
  });
  return found.sort((one, other) => one - other);
}
