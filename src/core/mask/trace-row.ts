import { completeLine, LineEnd } from './border-line.ts';
import type { BorderLine, Region } from './region.ts';
import type { RowRuns } from './row-runs.ts';

/** Listener for corners and lines found while tracing the borders of a row. */
export interface TraceWatch {
  /** Reports a corner of a line. */
  corner(x: number, y: number): void;
  /** Reports completed lines, all of them ending at one corner. */
  complete(lines: readonly BorderLine[]): void;
}

/** Pixel next to a corner. */
interface Side {
  readonly value: number;
  readonly region: Region | null;
}

/** Four pixels around a corner. */
interface Around {
  readonly upLeft: Side;
  readonly upRight: Side;
  readonly downLeft: Side;
  readonly downRight: Side;
}

/** Corner of the grid with the lines that arrive there. */
interface Arriving {
  readonly x: number;
  readonly y: number;
  readonly fromAbove: LineEnd | null;
  readonly fromLeft: LineEnd | null;
}

/** Lines that continue from a corner to the right and downwards. */
interface Leaving {
  readonly right: LineEnd | null;
  readonly down: LineEnd | null;
}

/**
 * Traces the borders along the upper edge of a row, from left to right. At each grid corner at which a run of the row
 * above or below begins or ends, border lines that arrive from the left or from above continue to the right or
 * downwards.
 *
 * @param y index of the row, whose upper edge has the corners
 */
export function traceRow(above: RowRuns, below: RowRuns, y: number, watch: TraceWatch): void {
  let [up, down] = [0, 0];
  let fromLeft: LineEnd | null = null;
  while (up < above.count - 1 || down < below.count - 1) {
    const x = Math.min(above.ends[up] ?? Infinity, below.ends[down] ?? Infinity);
    const isUp = above.ends[up] === x;
    const isDown = below.ends[down] === x;
    const isLeft = above.values[up] !== below.values[down];
    const [nextUp, nextDown] = [isUp ? up + 1 : up, isDown ? down + 1 : down];
    const isRight = above.values[nextUp] !== below.values[nextDown];
    const fromAbove = isUp ? (above.lines[up] ?? null) : null;
    if (isUp && isDown && !isLeft && !isRight) {
      below.lines[down] = fromAbove;
    } else if (isUp || isDown) {
      const around = {
        upLeft: sideOf(above, up),
        upRight: sideOf(above, nextUp),
        downLeft: sideOf(below, down),
        downRight: sideOf(below, nextDown),
      };
      watch.corner(x, y);
      const pass = isUp === isDown || isLeft === isRight ? passJunction : passTurn;
      const leaving = pass(around, { x, y, fromAbove, fromLeft }, watch);
      fromLeft = leaving.right;
      if (isDown) below.lines[down] = leaving.down;
    }
    [up, down] = [nextUp, nextDown];
  }
}

function sideOf(runs: RowRuns, at: number): Side {
  return { value: runs.values[at] ?? 0, region: runs.regions[at] ?? null };
}

/** True if a line between two pixels of a row runs down: it has the greater value on its left. */
function runsDown(west: Side, east: Side): boolean {
  return east.value > west.value;
}

/** True if a line between two pixels of a column runs right: it has the greater value on its left. */
function runsRight(north: Side, south: Side): boolean {
  return north.value > south.value;
}

/** Handles a corner with one edge from above or below, and one to the left or right. */
function passTurn(
  { upLeft, upRight, downLeft, downRight }: Around,
  { x, y, fromAbove, fromLeft }: Arriving,
  watch: TraceWatch,
): Leaving {
  if (fromAbove !== null && fromLeft !== null) {
    const isDown = runsDown(upLeft, upRight);
    const [arriving, leaving] = isDown ? [fromAbove, fromLeft] : [fromLeft, fromAbove];
    const line = LineEnd.close(arriving, leaving, x, y);
    if (line !== null) watch.complete([line]);
    return { right: null, down: null };
  }
  if (fromAbove !== null) {
    const isForward = runsDown(upLeft, upRight);
    return { right: LineEnd.extend(fromAbove, isForward, x, y, false), down: null };
  }
  if (fromLeft !== null) {
    const isForward = runsRight(upLeft, downLeft);
    return { right: null, down: LineEnd.extend(fromLeft, isForward, x, y, false) };
  }
  const begun = begin(x, y, upRight, downRight, false);
  return { right: begun, down: begun };
}

/** Handles a corner with three or four edges: lines end here, and others begin. */
function passJunction(
  { upLeft, upRight, downLeft, downRight }: Around,
  { x, y, fromAbove, fromLeft }: Arriving,
  watch: TraceWatch,
): Leaving {
  const complete: BorderLine[] = [];
  const arrive = (end: LineEnd, isForward: boolean): void => {
    const point = LineEnd.extend(end, isForward, x, y, true);
    if (point.other.isFixed) complete.push(completeLine(isForward ? point.other : point, false));
  };
  if (fromAbove !== null) arrive(fromAbove, runsDown(upLeft, upRight));
  if (fromLeft !== null) arrive(fromLeft, runsRight(upLeft, downLeft));
  if (complete.length > 0) watch.complete(complete);
  const isRight = upRight.value !== downRight.value;
  const isDown = downLeft.value !== downRight.value;
  return {
    right: isRight ? begin(x, y, upRight, downRight, true) : null,
    down: isDown ? begin(x, y, downLeft, downRight, true) : null,
  };
}

/** Begins a line between two pixels. */
function begin(x: number, y: number, a: Side, b: Side, isFixed: boolean): LineEnd {
  const [left, right] = a.value > b.value ? [a, b] : [b, a];
  return new LineEnd(x, y, isFixed, left.region, right.region);
}
