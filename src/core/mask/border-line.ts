import type { BorderLine, Heading, Region } from './region.ts';

/**
 * Borders between regions as lines along pixel corners, each stored once, although it borders two regions. A line runs
 * from one junction to another (a corner where more than two edges meet) or is closed. The greater of the two values is
 * on its left when following it on a map with rows going down. The values on either side of a line never change, so its
 * parts agree on its direction before they meet.
 */

/** Corner of a line, with facts about the line if the corner is one of its ends. */
export class LineEnd {
  readonly x: number;
  readonly y: number;
  /** Next corner towards the head of the line. */
  next: LineEnd | null = null;
  /** Opposite end, if this is an end. */
  other: LineEnd = this;
  /** True if this end is a junction, so that the line is complete here. */
  isFixed: boolean;
  /** Uppermost row of the line, if this is an end. */
  top: number;
  readonly left: Region | null;
  readonly right: Region | null;

  constructor(x: number, y: number, isFixed: boolean, left: Region | null, right: Region | null) {
    this.x = x;
    this.y = y;
    this.isFixed = isFixed;
    this.top = y;
    this.left = left;
    this.right = right;
  }

  /** Adds a corner to a line. @param isForward true if the line leads to the corner, false if it leads from it */
  static extend(end: LineEnd, isForward: boolean, x: number, y: number, isFixed: boolean): LineEnd {
    const point = new LineEnd(x, y, isFixed, end.left, end.right);
    const { other } = end;
    if (isForward) end.next = point;
    else point.next = end;
    point.other = other;
    other.other = point;
    other.top = point.top = Math.min(other.top, end.top);
    return point;
  }

  /** Joins the line that leads to a corner and the one that leads from it. @returns the line if it is complete now */
  static close(arriving: LineEnd, leaving: LineEnd, x: number, y: number): BorderLine | null {
    const point = new LineEnd(x, y, false, arriving.left, arriving.right);
    arriving.next = point;
    point.next = leaving;
    const [first, last] = [arriving.other, leaving.other];
    if (first === leaving) return completeLine(point, true);
    first.other = last;
    last.other = first;
    first.top = last.top = Math.min(first.top, last.top);
    return first.isFixed && last.isFixed ? completeLine(first, false) : null;
  }
}

/** @param first first corner; any corner of a closed line */
export function completeLine(first: LineEnd, isLoop: boolean): BorderLine {
  const points: number[] = [];
  let moment = 0;
  let at: LineEnd | null = first;
  let last = first;
  do {
    points.push(at.x, at.y);
    moment += at.x * (at.y - last.y);
    last = at;
    at = at.next;
  } while (at !== null && at !== first);
  if (isLoop) moment += first.x * (first.y - last.y);
  const count = points.length;
  const heading = (from: number): Heading => {
    const dx = (points[from + 2] ?? 0) - (points[from] ?? 0);
    const dy = (points[from + 3] ?? 0) - (points[from + 1] ?? 0);
    if (dy === 0) return dx > 0 ? 0 : 2;
    return dy > 0 ? 1 : 3;
  };
  return {
    // Long lines need 4 bytes per number; for short ones the overhead would be greater than the gain.
    points: count > 64 ? Int32Array.from(points) : points,
    isLoop,
    moment,
    start: heading(0),
    end: heading(count - 4),
    left: first.left,
    right: first.right,
  };
}
