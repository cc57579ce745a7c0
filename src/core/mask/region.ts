/** East, south, west, north: clockwise as rows go down. */
export type Heading = 0 | 1 | 2 | 3;

export interface BorderLine {
  /** x, y, x, y, …: corners, with those of junctions at both ends; of a closed line the first is not repeated. */
  readonly points: ArrayLike<number>;
  readonly isLoop: boolean;
  /** Or a part of it; null: background. */
  readonly left: Region | null;
  readonly right: Region | null;
  /** Headings of the first and the last edge before anything was simplified. */
  readonly start: Heading;
  readonly end: Heading;
  /** ∫ x dy along the line before anything was simplified: px². */
  readonly moment: number;
}

/**
 * Pixels of one value that touch along their edges (4-connected), as far as they have been read. Parts that
 * meet further down are one region from there on: `of` finds it.
 */
export class Region {
  readonly value: number;
  pixels = 0;
  /** In the unit of what measures runs; 0 where nothing does. */
  area = 0;
  /** The last row that it was seen in. */
  lastRow = 0;
  /** All of its border that is complete. */
  lines: BorderLine[] = [];
  #joined: Region | null = null;

  constructor(value: number) {
    this.value = value;
  }

  /** The region that a part belongs to by now. */
  static of(part: Region): Region {
    let root = part;
    while (root.#joined !== null) root = root.#joined;
    // The next who asks has one step to go.
    let at = part;
    while (at.#joined !== null) {
      const next: Region = at.#joined;
      at.#joined = root;
      at = next;
    }
    return root;
  }

  /** @returns the one of both that stands for them now */
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
