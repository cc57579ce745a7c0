import type { Size } from '../../../core/mask/tiles.ts';
import type { RunLengths } from './rle.ts';

/**
 * Returns the pixels of a polygon by COCO's own rule, for the mask that its authors measured (rleFrPoly
 * of the COCO API): the outline is walked in steps of a fifth of a pixel, and in each column the pixels
 * between its crossings of the column’s middle are inside. It differs from the rule of pixel centres by
 * single pixels along the outline. Areas enclosed twice are outside.
 *
 * @param points x, y, x, y, … in px; finite. @returns runs down the columns
 */
export function cocoPolygonRuns(points: readonly number[], { width, height }: Size): RunLengths {
  const crossings = crossingsOf(points, { width, height }).sort();
  const runs = new Float64Array(crossings.length + 1);
  let before = 0;
  for (let at = 0; at < crossings.length; at++) {
    const place = crossings[at] ?? 0;
    runs[at] = place - before;
    before = place;
  }
  runs[crossings.length] = width * height - before;
  return withoutEmpty(runs);
}

const steps = 5;

/** Positions, counted down the columns, at which inside and outside change. */
function crossingsOf(points: readonly number[], { width, height }: Size): Float64Array {
  const crossings = new GrowingNumbers();
  const corner = (at: number): Corner => [
    Math.trunc(steps * (points[at] ?? 0) + 0.5),
    Math.trunc(steps * (points[at + 1] ?? 0) + 0.5),
  ];
  const corners = Math.floor(points.length / 2);
  let from = corner(0);
  for (let index = 1; index <= corners; index++) {
    const to = corner(2 * (index % corners));
    walk(from, to, (u, v, nextU, nextV) => {
      if (u === nextU) return;
      const middle = (Math.min(u, nextU) + 0.5) / steps - 0.5;
      const column = Math.round(middle);
      // In fifths the middle of a column is hit exactly.
      if (Math.abs(middle - column) > 0.01 || column < 0 || column > width - 1) return;
      const row = Math.ceil((Math.min(v, nextV) + 0.5) / steps - 0.5);
      crossings.push(column * height + Math.max(0, Math.min(height, row)));
    });
    from = to;
  }
  return crossings.all();
}

/** Growing list of numbers, 8 bytes each. */
class GrowingNumbers {
  #numbers = new Float64Array(256);
  #count = 0;

  push(number: number): void {
    if (this.#count === this.#numbers.length) {
      const larger = new Float64Array(2 * this.#count);
      larger.set(this.#numbers);
      this.#numbers = larger;
    }
    this.#numbers[this.#count++] = number;
  }

  all(): Float64Array {
    return this.#numbers.subarray(0, this.#count);
  }
}

type Corner = readonly [x: number, y: number];

/**
 * Returns the steps of an edge, along its longer side. They start at the end that comes first along it, so that the
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
  const [startU, startV] = start;
  let u = isFlat ? startU : Math.trunc(startU + 0.5);
  let v = isFlat ? Math.trunc(startV + 0.5) : startV;
  for (let at = 1; at <= length; at++) {
    const nextU = isFlat ? startU + at : Math.trunc(startU + slope * at + 0.5);
    const nextV = isFlat ? Math.trunc(startV + slope * at + 0.5) : startV + at;
    step(u, v, nextU, nextV);
    u = nextU;
    v = nextV;
  }
}

/** Runs of length 0 are merged with their neighbours, except for the first. */
function withoutEmpty(runs: Float64Array): RunLengths {
  const kept = new Uint32Array(runs.length);
  kept[0] = runs[0] ?? 0;
  let count = 1;
  for (let at = 1; at < runs.length; at++) {
    const run = runs[at] ?? 0;
    if (run > 0) {
      kept[count++] = run;
    } else if (++at < runs.length) {
      kept[count - 1] = (kept[count - 1] ?? 0) + (runs[at] ?? 0);
    }
  }
  return kept.slice(0, count);
}
