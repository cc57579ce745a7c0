import type { LineEnd } from './border-line.ts';
import { Region } from './region.ts';
import { ignoreValue } from './tiles.ts';

/** The area of pixels [from, to) of a row, in whatever unit areas are wanted. */
export type RunArea = (row: number, from: number, to: number) => number;

/**
 * A row of a mask as runs of equal values, from left to right. What is not known counts as background, and
 * so does what lies left and right of the image: the first run begins before it and the last never ends.
 */
export interface RowRuns {
  count: number;
  /** The column after the last of a run; infinite for the last. */
  readonly ends: number[];
  readonly values: number[];
  /** Null: background. */
  readonly regions: (Region | null)[];
  /** The border that goes down after each run, but the last. */
  readonly lines: (LineEnd | null)[];
}

export function emptyRow(): RowRuns {
  return { count: 1, ends: [Infinity], values: [0], regions: [null], lines: [null] };
}

/** Takes the values of a row apart, `runs` being used again. */
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

/** Gives every run of a row the region it belongs to: that of the runs above it which it touches, or a new one. */
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
      // The run above reaches beyond this one, so it touches the next too.
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
