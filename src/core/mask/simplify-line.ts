import { AreaQueue } from './area-queue.ts';
import type { BorderGrid, GridCorner } from './border-grid.ts';
import type { BorderLine } from './region.ts';

/**
 * Simplifies a border: removes corner by corner, the one with the smallest triangle first (Visvalingam and Whyatt,
 * "Line generalisation by repeated elimination of points", 1993), as long as no original corner of the line
 * is further than a tolerance from it. Since a line is shared by two regions, both change alike.
 *
 * No line ever passes over a corner of another or of itself: a corner stays if its triangle contains one
 * (this suffices, since lines without common points can only cross by passing over a corner). So regions
 * stay apart, holes stay in their region, and every ring stays a simple polygon.
 *
 * @param tolerance px, above 0
 * @param grid has all corners of borders in the rows of the line; removed corners are removed from it too
 */
export function simplifyLine(line: BorderLine, tolerance: number, grid: BorderGrid): BorderLine {
  const corners: GridCorner[] = [];
  for (let at = 0; at < line.points.length; at += 2) {
    corners.push({ x: line.points[at] ?? 0, y: line.points[at + 1] ?? 0 });
  }
  const kept = new Eliminator(corners, line.isLoop, tolerance, grid).run();
  const [first, last] = [kept[0], kept.at(-1)];
  if (!line.isLoop && kept.length === 2 && first && last) grid.addChord(first, last);
  if (kept.length === corners.length) return line;
  return { ...line, points: kept.flatMap(({ x, y }) => [x, y]) };
}

class Eliminator {
  readonly #corners: readonly GridCorner[];
  readonly #isLoop: boolean;
  readonly #tolerance: number;
  readonly #grid: BorderGrid;
  readonly #before: Int32Array;
  readonly #after: Int32Array;
  /** 1 for removed corners, which are no longer neighbours of any corner. */
  readonly #isGone: Uint8Array;
  /** Twice the area of the triangle at each corner, px². Queue entries with another area are out of date. */
  readonly #areas: Float64Array;
  readonly #queue = new AreaQueue();
  #left: number;

  constructor(
    corners: readonly GridCorner[],
    isLoop: boolean,
    tolerance: number,
    grid: BorderGrid,
  ) {
    const count = corners.length;
    this.#corners = corners;
    this.#isLoop = isLoop;
    this.#tolerance = tolerance;
    this.#grid = grid;
    this.#left = count;
    this.#before = new Int32Array(count);
    this.#after = new Int32Array(count);
    for (let at = 0; at < count; at++) {
      this.#before[at] = at === 0 ? count - 1 : at - 1;
      this.#after[at] = at === count - 1 ? 0 : at + 1;
    }
    this.#isGone = new Uint8Array(count);
    this.#areas = new Float64Array(count);
  }

  /** Removes corners and returns those that stay. */
  run(): GridCorner[] {
    const count = this.#corners.length;
    const least = this.#least();
    if (count > least) for (let at = 0; at < count; at++) this.#consider(at);
    while (this.#left > least) {
      const next = this.#queue.take();
      if (next === undefined) break;
      const { at, area } = next;
      const isCurrent = this.#isGone[at] === 0 && this.#areas[at] === area;
      if (isCurrent && this.#mayGo(at)) this.#remove(at);
    }
    return this.#corners.filter((_, at) => this.#isGone[at] === 0);
  }

  /** Smallest number of corners: a ring needs three, and so do two lines between the same junctions. */
  #least(): number {
    const [first, last] = [this.#corners[0], this.#corners.at(-1)];
    if (this.#isLoop || first === undefined || last === undefined) return 3;
    if (first.x === last.x && first.y === last.y) return 4;
    return this.#grid.hasChord(first, last) ? 3 : 2;
  }

  #isEnd(at: number): boolean {
    return !this.#isLoop && (at === 0 || at === this.#corners.length - 1);
  }

  #consider(at: number): void {
    if (this.#isEnd(at)) return;
    const [a, b, c] = this.#triangle(at);
    const area = Math.abs((b.x - a.x) * (c.y - a.y) - (c.x - a.x) * (b.y - a.y));
    this.#areas[at] = area;
    this.#queue.add({ at, area });
  }

  #mayGo(at: number): boolean {
    const [a, b, c] = this.#triangle(at);
    return this.#isNear(at, a, c) && !this.#grid.isTaken(a, b, c);
  }

  /** True if all original corners between the neighbours of a corner are near the edge that would join these. */
  #isNear(at: number, a: GridCorner, c: GridCorner): boolean {
    const count = this.#corners.length;
    const end = this.#after[at] ?? 0;
    for (let one = ((this.#before[at] ?? 0) + 1) % count; one !== end; one = (one + 1) % count) {
      if (distance(this.#corner(one), a, c) > this.#tolerance) return false;
    }
    return true;
  }

  #remove(at: number): void {
    const [before, after] = [this.#before[at] ?? 0, this.#after[at] ?? 0];
    this.#after[before] = after;
    this.#before[after] = before;
    this.#isGone[at] = 1;
    this.#left--;
    const { x, y } = this.#corner(at);
    this.#grid.remove(x, y);
    this.#consider(before);
    this.#consider(after);
  }

  #triangle(at: number): [GridCorner, GridCorner, GridCorner] {
    return [
      this.#corner(this.#before[at] ?? 0),
      this.#corner(at),
      this.#corner(this.#after[at] ?? 0),
    ];
  }

  #corner(at: number): GridCorner {
    return this.#corners[at] ?? { x: NaN, y: NaN };
  }
}

/** Distance from a point to a line segment, px. */
function distance({ x, y }: GridCorner, a: GridCorner, b: GridCorner): number {
  const [dx, dy] = [b.x - a.x, b.y - a.y];
  const length = dx * dx + dy * dy;
  const along = length === 0 ? 0 : ((x - a.x) * dx + (y - a.y) * dy) / length;
  const at = Math.min(1, Math.max(0, along));
  return Math.hypot(x - a.x - at * dx, y - a.y - at * dy);
}
