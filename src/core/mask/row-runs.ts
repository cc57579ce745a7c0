import type { LineEnd } from './border-line.ts';
import { Region } from './region.ts';
import { ignoreValue } from './tiles.ts';

/** Function for the area of pixels [from, to) of a row, in any unit. */
export type RunArea = (row: number, from: number, to: number) => number;

/**
 * Row of a mask as runs of equal values, from left to right. Unknown pixels count as background, and
 * so does the outside left and right of the image: the first run begins before it and the last never ends.
 */
export interface RowRuns {
  count: number;
  /** Column after the last of each run; infinite for the last run. */
  readonly ends: number[];
  readonly values: number[];
  /** Region of each run; null: background. */
  readonly regions: (Region | null)[];
  /** Border that goes down after each run except the last. */
  readonly lines: (LineEnd | null)[];
}

export function emptyRow(): RowRuns {
  return { count: 1, ends: [Infinity], values: [0], regions: [null], lines: [null] };
}

/** Splits the values of a row into runs, reusing the memory of `runs`. */
export function splitRow(values: Uint8Array, runs: RowRuns): void {
  const width = values.length;
  let count = 0;
  let value = 0;
  const end = (column: number): void => {
    runs.ends[count] = column;
    runs.values[count] = value;
    runs.regions[count] = null;
    runs.lines[count] = null;
    count++;
  };
  for (let column = 0; column < width; column++) {
    const stored = values[column] ?? 0;
    const next = stored === ignoreValue ? 0 : stored;
    if (next === value) continue;
    end(column);
    value = next;
  }
  if (value !== 0) {
    end(width);
    value = 0;
  }
  end(Infinity);
  runs.count = count;
}

/** Assigns a region to every run of a row: that of the runs above which it touches, or a new one. */
export function joinRow(above: RowRuns, runs: RowRuns, row: number, runArea?: RunArea): void {
  let up = 0;
  let from = 0;
  for (let at = 0; at < runs.count; at++) {
    const end = runs.ends[at] ?? 0;
    const value = runs.values[at] ?? 0;
    let region: Region | null = null;
    for (; ; up++) {
      const touched = above.values[up] === value ? (above.regions[up] ?? null) : null;
      if (touched !== null) region = region ? Region.join(region, touched) : Region.of(touched);
      // The run above extends beyond this one, so it touches the next run too.
      const reach = above.ends[up] ?? Infinity;
      if (reach > end) break;
      if (reach === end) {
        up++;
        break;
      }
    }
    if (value !== 0) {
      region ??= new Region(value);
      region.pixels += end - from;
      region.area += runArea?.(row, from, end) ?? 0;
      region.lastRow = row;
      runs.regions[at] = region;
    }
    from = end;
  }
}
