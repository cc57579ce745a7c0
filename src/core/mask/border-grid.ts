/** Corner of the pixel grid. */
export interface GridCorner {
  readonly x: number;
  readonly y: number;
}

/**
 * Corners of the pixel grid at which borders have a corner, one bit each, and pairs of junctions that are
 * joined by a straight line: a simplified line must not pass over any of them.
 */
export class BorderGrid {
  readonly #words: number;
  readonly #rows = new Map<number, GridRow>();

  /** @param width width of the image, px */
  constructor(width: number) {
    this.#words = (width >>> 5) + 1;
  }

  add(x: number, y: number): void {
    const { bits } = this.#row(y);
    bits[x >>> 5] = (bits[x >>> 5] ?? 0) | (1 << (x & 31));
  }

  remove(x: number, y: number): void {
    const { bits } = this.#row(y);
    bits[x >>> 5] = (bits[x >>> 5] ?? 0) & ~(1 << (x & 31));
  }

  /** True if a straight line between two junctions was added. */
  hasChord(a: GridCorner, b: GridCorner): boolean {
    const [row, key] = chordKey(a, b);
    return this.#rows.get(row)?.chords.has(key) === true;
  }

  addChord(a: GridCorner, b: GridCorner): void {
    const [row, key] = chordKey(a, b);
    this.#row(row).chords.add(key);
  }

  /** True if a triangle has a border's corner in it or on its edges, except its own three corners. */
  isTaken(a: GridCorner, b: GridCorner, c: GridCorner): boolean {
    const top = Math.min(a.y, b.y, c.y);
    const bottom = Math.max(a.y, b.y, c.y);
    for (let y = top; y <= bottom; y++) {
      const row = this.#rows.get(y);
      if (row === undefined) continue;
      const span = new Span();
      span.add(a, b, y);
      span.add(b, c, y);
      span.add(c, a, y);
      // The corners are integers below 2^26, so a position that is not an integer differs from one by more than this.
      const from = Math.ceil(span.from - 1e-9);
      const to = Math.floor(span.to + 1e-9);
      for (let x = from; x <= to; x++) {
        const word = row.bits[x >>> 5] ?? 0;
        if (word === 0) {
          x |= 31;
          continue;
        }
        if ((word & (1 << (x & 31))) === 0) continue;
        const isOwn = isAt(a, x, y) || isAt(b, x, y) || isAt(c, x, y);
        if (!isOwn) return true;
      }
    }
    return false;
  }

  /** Removes all rows above a row. */
  dropAbove(y: number): void {
    for (const row of this.#rows.keys()) if (row < y) this.#rows.delete(row);
  }

  #row(y: number): GridRow {
    const known = this.#rows.get(y);
    if (known !== undefined) return known;
    const row = { bits: new Int32Array(this.#words), chords: new Set<string>() };
    this.#rows.set(y, row);
    return row;
  }
}

interface GridRow {
  readonly bits: Int32Array;
  /** Straight lines whose upper end is in the row. */
  readonly chords: Set<string>;
}

/** Range in which a row intersects edges. */
class Span {
  from = Infinity;
  to = -Infinity;

  add(p: GridCorner, q: GridCorner, y: number): void {
    if (Math.min(p.y, q.y) > y || Math.max(p.y, q.y) < y) return;
    if (p.y === q.y) {
      this.#add(p.x);
      this.#add(q.x);
    } else {
      this.#add(p.x + ((y - p.y) * (q.x - p.x)) / (q.y - p.y));
    }
  }

  #add(x: number): void {
    this.from = Math.min(this.from, x);
    this.to = Math.max(this.to, x);
  }
}

function isAt(corner: GridCorner, x: number, y: number): boolean {
  return corner.x === x && corner.y === y;
}

/** Row that a straight line is stored in, and its key there. */
function chordKey(a: GridCorner, b: GridCorner): [row: number, key: string] {
  const isInOrder = a.y < b.y || (a.y === b.y && a.x <= b.x);
  const [first, last] = isInOrder ? [a, b] : [b, a];
  return [first.y, `${first.x} ${last.x} ${last.y}`];
}
