import type { Size } from '../../../core/mask/tiles.ts';
import type { MaskShape } from '../layers.ts';
import type { RunLengths } from './rle.ts';

/** Returns an area given by runs down the columns of the image; undefined if it is empty. */
export function runShape(runs: RunLengths, value: number, image: Size): MaskShape | undefined {
  const { height } = image;
  const ends = new Float64Array(runs.length);
  let end = 0;
  let area = 0;
  for (let index = 0; index < runs.length; index++) {
    const length = runs[index] ?? 0;
    ends[index] = end += length;
    if (index % 2 === 1) area += length;
  }
  const first = runs[0] ?? 0;
  const isEmpty = runs.length < 2 || first >= image.width * height;
  if (isEmpty) return undefined;
  const last = ends[runs.length % 2 === 0 ? runs.length - 1 : runs.length - 2] ?? 0;
  const x = Math.floor(first / height);
  const bounds = { x, y: 0, width: Math.ceil(last / height) - x, height };
  return {
    value,
    bounds,
    steps: area,
    paint(canvas) {
      const stop = (canvas.x + canvas.width) * height;
      let run = firstEndingAfter(ends, canvas.x * height);
      const firstRun = run;
      for (; run < runs.length; run++) {
        const start = (ends[run] ?? 0) - (runs[run] ?? 0);
        if (start >= stop) break;
        if (run % 2 === 1) paintRun(canvas, start, ends[run] ?? 0, height);
      }
      canvas.spend(run - firstRun);
    },
  };
}

function paintRun(
  canvas: Parameters<MaskShape['paint']>[0],
  start: number,
  end: number,
  height: number,
): void {
  const from = Math.max(Math.floor(start / height), canvas.x);
  const to = Math.min(Math.ceil(end / height), canvas.x + canvas.width);
  canvas.spend(Math.max(0, to - from));
  for (let x = from; x < to; x++) {
    canvas.column(x, start - x * height, Math.min(height, end - x * height));
  }
}

/** Finds a run by bisection: a mask may have millions of runs, and a tile needs only a few. */
function firstEndingAfter(ends: Float64Array, place: number): number {
  let low = 0;
  let high = ends.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((ends[middle] ?? 0) > place) high = middle;
    else low = middle + 1;
  }
  return low;
}
