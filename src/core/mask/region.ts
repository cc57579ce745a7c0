/** Direction east, south, west or north: clockwise as rows go down. */
export type Heading = 0 | 1 | 2 | 3;

export interface BorderLine {
  /** Corners x, y, x, y, …, including junctions at both ends; a closed line does not repeat its first corner. */
  readonly points: ArrayLike<number>;
  readonly isLoop: boolean;
  /** Region on the left, or a part of it; null: background. */
  readonly left: Region | null;
  readonly right: Region | null;
  /** Headings of the first and the last edge before simplification. */
  readonly start: Heading;
  readonly end: Heading;
  /** Integral ∫ x dy along the line before simplification, px². */
  readonly moment: number;
}

/**
 * Region: pixels of one value that touch along their edges (4-connected), as far as read. Parts that
 * meet further down become one region, which `of` finds.
 */
export class Region {
  readonly value: number;
  pixels = 0;
  /** Area in the unit of `runArea`; 0 without it. */
  area = 0;
  /** Last row that has pixels of it. */
  lastRow = 0;
  /** Completed lines of its border. */
  lines: BorderLine[] = [];
  #joined: Region | null = null;

  constructor(value: number) {
    this.value = value;
  }

  /** Finds the region that a part belongs to now. */
  static of(part: Region): Region {
    let root = part;
    while (root.#joined !== null) root = root.#joined;
    // Path compression: the next search needs one step.
    let at = part;
    while (at.#joined !== null) {
      const next: Region = at.#joined;
      at.#joined = root;
      at = next;
    }
    return root;
  }

  /** @returns the region that represents both from now on */
  static join(first: Region, second: Region): Region {
    const [a, b] = [Region.of(first), Region.of(second)];
    if (a === b) return a;
    const [large, small] = a.lines.length < b.lines.length ? [b, a] : [a, b];
    small.#joined = large;
    large.pixels += small.pixels;
    large.area += small.area;
    large.lastRow = Math.max(large.lastRow, small.lastRow);
    for (const line of small.lines) large.lines.push(line);
    small.lines = [];
    return large;
  }
}
