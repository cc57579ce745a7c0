import type { Size } from '../../../core/mask/tiles.ts';
import type { RunLengths } from './rle.ts';

/**
 * The pixels of a polygon as COCO has them, so that a mask is the one that its authors measured (rleFrPoly
 * of the COCO API): the outline is walked in steps of a fifth of a pixel, and in each column the pixels
 * between its crossings of the column’s middle are inside. It differs from the rule of pixel centres by
 * single pixels along the outline. What it encloses twice is outside.
 *
 * @param points x, y, x, y, … in px; finite. @returns runs down the columns
 */
export function polygonRuns(points: readonly number[], { width, height }: Size): RunLengths {
  const crossings = crossingsOf(points, { width, height }).sort((a, b) => a - b);
  const runs: number[] = [];
  let before = 0;
  for (const place of [...crossings, width * height]) {
    runs.push(place - before);
    before = place;
  }
  return withoutEmpty(runs);
}

const steps = 5;

/** Places, counted down the columns, at which inside and outside change. */
function crossingsOf(points: readonly number[], { width, height }: Size): number[] {
  const corners: (readonly [x: number, y: number])[] = [];
  for (let at = 0; at + 1 < points.length; at += 2) {
    const [x = 0, y = 0] = [points[at], points[at + 1]];
    corners.push([Math.trunc(steps * x + 0.5), Math.trunc(steps * y + 0.5)]);
  }
  const crossings: number[] = [];
  for (const [index, from] of corners.entries()) {
    const to = corners[(index + 1) % corners.length] ?? from;
    walk(from, to, (u, v, nextU, nextV) => {
      if (u === nextU) return;
      const middle = (Math.min(u, nextU) + 0.5) / steps - 0.5;
      const column = Math.round(middle);
      // In fifths the middle of a column is hit exactly.
      if (Math.abs(middle - column) > 0.01 || column < 0 || column > width - 1) return;
      const row = Math.ceil((Math.min(v, nextV) + 0.5) / steps - 0.5);
      crossings.push(column * height + Math.max(0, Math.min(height, row)));
    });
  }
  return crossings;
}

type Corner = readonly [x: number, y: number];

/**
 * The steps of an edge, along its longer side. They go from the end that comes first along it, so that the
 * edge is the same from both sides.
 */
function walk(
  from: Corner,
  to: Corner,
  step: (u: number, v: number, nextU: number, nextV: number) => void,
): void {
  const across = Math.abs(to[0] - from[0]);
  const down = Math.abs(to[1] - from[1]);
  if (across === 0) return;
  const isFlat = across >= down;
  const axis = isFlat ? 0 : 1;
  const [start, end] = from[axis] <= to[axis] ? [from, to] : [to, from];
  const length = isFlat ? across : down;
  const slope = isFlat ? (end[1] - start[1]) / across : (end[0] - start[0]) / down;
  const place = (at: number): Corner =>
    isFlat
      ? [start[0] + at, Math.trunc(start[1] + slope * at + 0.5)]
      : [Math.trunc(start[0] + slope * at + 0.5), start[1] + at];
  let [u, v] = place(0);
  for (let at = 1; at <= length; at++) {
    const [nextU, nextV] = place(at);
    step(u, v, nextU, nextV);
    u = nextU;
    v = nextV;
  }
}

/** Runs of length 0 join their neighbours, but for the first. */
function withoutEmpty(runs: readonly number[]): RunLengths {
  const kept: number[] = [runs[0] ?? 0];
  for (let at = 1; at < runs.length; at++) {
    const run = runs[at] ?? 0;
    if (run > 0) {
      kept.push(run);
    } else if (++at < runs.length) {
      kept[kept.length - 1] = (kept.at(-1) ?? 0) + (runs[at] ?? 0);
    }
  }
  return Uint32Array.from(kept);
}
