import type { TakeRun } from './edit.ts';

export interface Corner {
  readonly x: number;
  readonly y: number;
}

/**
 * The pixels whose centre is in a polygon, by the even-odd rule; corners in px of the image. Of a centre
 * that lies on an edge exactly, it belongs to the side to its right or below, so that polygons with a
 * common edge share no pixel and leave none out.
 */
export function polygonRuns(corners: readonly Corner[], take: TakeRun): void {
  let top = Infinity;
  let bottom = -Infinity;
  // A list may be longer than a call can have arguments.
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

/** Where the edges cross a row's centres, from the left. An edge has its upper end, not its lower one. */
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
