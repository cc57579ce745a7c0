import { tilePixels, tileSide, type Rectangle, type Size } from '../../../core/mask/tiles.ts';
import type { MaskShape, TileCanvas } from '../layers.ts';

/** Points x, y, x, y, … in px of the image; pixel (0, 0) extends from 0 to 1. The last point is joined to the first. */
export type Ring = Float64Array;

/** Number of edges above which an area indexes which of them touch which row of tiles. */
const indexedEdges = 256;
/** Maximum number of entries of that index, 4 bytes each. */
const indexLimit = 2 ** 22;
/** Maximum number of crossings in a tile that are sorted; above it each pixel counts its own. */
const sortedCrossings = tilePixels;

/**
 * Returns the area within rings, by the even-odd rule: holes are rings like any other, and areas that a self-crossing
 * ring encloses twice are outside. A pixel belongs to it if its centre does, as GDAL fills polygons (a centre on the
 * left edge does not, on the right edge does).
 *
 * @returns undefined if no pixel of the image can be in it
 */
export function ringShape(
  rings: readonly Ring[],
  value: number,
  image: Size,
): MaskShape | undefined {
  const bounds = boundsOf(rings, image);
  if (bounds === undefined) return undefined;
  let outline: Outline | undefined;
  return {
    value,
    bounds,
    steps: crossingsOf(rings, image),
    paint(canvas) {
      outline ??= new Outline(rings, bounds);
      outline.paint(canvas);
    },
  };
}

function boundsOf(rings: readonly Ring[], image: Size): Rectangle | undefined {
  let [left, top, right, bottom] = [Infinity, Infinity, -Infinity, -Infinity];
  for (const ring of rings) {
    for (let at = 0; at + 1 < ring.length; at += 2) {
      const [x = 0, y = 0] = [ring[at], ring[at + 1]];
      left = Math.min(left, x);
      right = Math.max(right, x);
      top = Math.min(top, y);
      bottom = Math.max(bottom, y);
    }
  }
  const x = Math.max(0, Math.floor(left));
  const y = Math.max(0, Math.floor(top));
  const width = Math.min(image.width, Math.ceil(right) + 1) - x;
  const height = Math.min(image.height, Math.ceil(bottom) + 1) - y;
  return width > 0 && height > 0 ? { x, y, width, height } : undefined;
}

/** Estimates how often the outline crosses the middle of the image's rows. */
function crossingsOf(rings: readonly Ring[], { height }: Size): number {
  let crossings = 0;
  for (const ring of rings) {
    let before = ring[ring.length - 1] ?? 0;
    for (let at = 1; at < ring.length; at += 2) {
      const y = ring[at] ?? 0;
      const [low, high] = y < before ? [y, before] : [before, y];
      crossings += Math.max(0, Math.min(height, high) - Math.max(0, low));
      before = y;
    }
  }
  return crossings;
}

/**
 * Parities per column, for tiles with more crossings than are sorted, since steep edges have most crossings; all 0
 * between two uses.
 */
const parities = new Uint8Array(tilePixels);

/** Edges of an area. */
class Outline {
  /** Rings one after the other, each closed by its first point and followed by a point of NaN, so that neighbours are edges. */
  readonly #points: Float64Array;
  readonly #bounds: Rectangle;
  /** Edges by row of tiles; undefined if all are visited. */
  readonly #byRow: ReadonlyMap<number, Int32Array> | undefined;

  constructor(rings: readonly Ring[], bounds: Rectangle) {
    this.#points = joined(rings);
    this.#bounds = bounds;
    this.#byRow = this.#count > indexedEdges ? this.#index() : undefined;
  }

  /**
   * Fills rows between crossings. Edges are gone through twice: the first time to count the crossings of
   * each row, so that memory is that of the tile, however jagged the outline is.
   */
  paint(canvas: TileCanvas): void {
    const { y, height } = this.#bounds;
    const top = Math.max(canvas.y, y);
    const rows = Math.min(canvas.y + canvas.height, y + height) - top;
    const band = { top, rows, left: canvas.x, right: canvas.x + canvas.width };
    const edges = this.#byRow?.get(Math.floor(canvas.y / tileSide));
    if (rows <= 0 || (this.#byRow && edges === undefined)) return;
    const counts = this.#countCrossings(edges, band);
    canvas.spend((edges?.length ?? this.#count) + counts.crossings);
    if (counts.crossings > sortedCrossings) this.#fillByParity(edges, band, counts, canvas);
    else this.#fillSorted(edges, band, counts, canvas);
  }

  get #count(): number {
    return this.#points.length / 2 - 1;
  }

  #index(): ReadonlyMap<number, Int32Array> | undefined {
    const { y, height } = this.#bounds;
    const [first, last] = [Math.floor(y / tileSide), Math.floor((y + height - 1) / tileSide)];
    const counts = new Int32Array(last - first + 1);
    let total = 0;
    const visit = (see: (row: number, edge: number) => void): void => {
      for (let edge = 0; edge < this.#count; edge++) {
        const [from, to] = this.#tileRows(edge, first, last);
        for (let row = from; row <= to; row++) see(row - first, edge);
        total += Math.max(0, to - from + 1);
        if (total > indexLimit) return;
      }
    };
    visit((row) => (counts[row] = (counts[row] ?? 0) + 1));
    if (total > indexLimit) return undefined;
    total = 0;
    const lists = Array.from(counts, (count) => new Int32Array(count));
    counts.fill(0);
    visit((row, edge) => {
      const at = counts[row] ?? 0;
      const list = lists[row];
      if (list) list[at] = edge;
      counts[row] = at + 1;
    });
    return new Map(lists.flatMap((list, row) => (list.length > 0 ? [[first + row, list]] : [])));
  }

  /** Returns the first and last row of tiles that an edge touches; the last is below the first if it touches none. */
  #tileRows(edge: number, first: number, last: number): readonly [number, number] {
    const points = this.#points;
    const [y1 = NaN, y2 = NaN] = [points[2 * edge + 1], points[2 * edge + 3]];
    const from = Math.floor(Math.min(y1, y2) / tileSide);
    const to = Math.floor(Math.max(y1, y2) / tileSide);
    // NaN, between two rings, is in no row.
    return to >= first && from <= last ? [Math.max(first, from), Math.min(last, to)] : [0, -1];
  }

  /** Counts the edges that cross the middle of each row, in the tile's columns and left of them. */
  #countCrossings(edges: Int32Array | undefined, band: Band): CrossingCounts {
    const { top, rows } = band;
    // Differences from row to row, so that an edge counts in two steps.
    const inside = new Int32Array(rows + 1);
    const before = new Int32Array(rows + 1);
    let crossings = 0;
    const points = this.#points;
    const count = edges?.length ?? this.#count;
    for (let index = 0; index < count; index++) {
      const at = 2 * (edges === undefined ? index : (edges[index] ?? 0));
      const [y1 = NaN, y2 = NaN] = [points[at + 1], points[at + 3]];
      const first = firstRow(y1 < y2 ? y1 : y2, top);
      const end = endRow(y1 < y2 ? y2 : y1, top, rows);
      if (!(first < end)) continue;
      const side = sideOf(points[at] ?? NaN, points[at + 2] ?? NaN, band);
      if (side === 'after') continue;
      if (side === 'inside') crossings += end - first;
      const counts = side === 'inside' ? inside : before;
      counts[first] = (counts[first] ?? 0) + 1;
      counts[end] = (counts[end] ?? 0) - 1;
    }
    for (const counts of [inside, before]) {
      for (let row = 1; row <= rows; row++) {
        counts[row] = (counts[row] ?? 0) + (counts[row - 1] ?? 0);
      }
    }
    return { inside, before, crossings };
  }

  #fillSorted(
    edges: Int32Array | undefined,
    band: Band,
    { inside, before, crossings }: CrossingCounts,
    canvas: TileCanvas,
  ): void {
    const places = new Float64Array(crossings);
    const ends = new Int32Array(band.rows);
    for (let row = 1; row < band.rows; row++) {
      ends[row] = (ends[row - 1] ?? 0) + (inside[row - 1] ?? 0);
    }
    this.#cross(edges, band, (row, x) => {
      const at = ends[row] ?? 0;
      places[at] = x;
      ends[row] = at + 1;
    });
    for (let row = 0, start = 0; row < band.rows; row++) {
      const end = ends[row] ?? start;
      sort(places, start, end);
      let from = (before[row] ?? 0) % 2 === 1 ? band.left : null;
      for (let at = start; at < end; at++) {
        const x = Math.floor((places[at] ?? 0) + 0.5);
        if (from !== null) canvas.row(band.top + row, from, x);
        from = from === null ? x : null;
      }
      if (from !== null) canvas.row(band.top + row, from, band.right);
      start = end;
    }
  }

  /** A pixel is inside if the number of crossings to its left is odd: the same result as sorting them. */
  #fillByParity(
    edges: Int32Array | undefined,
    band: Band,
    { before }: CrossingCounts,
    canvas: TileCanvas,
  ): void {
    const { width } = canvas;
    this.#crossByParity(edges, band, width);
    for (let row = 0; row < band.rows; row++) {
      let from = (before[row] ?? 0) % 2 === 1 ? band.left : null;
      for (let column = 0, at = row; column < width; column++, at += tileSide) {
        if (parities[at] !== 1) continue;
        parities[at] = 0;
        const x = band.left + column;
        if (from !== null) canvas.row(band.top + row, from, x);
        from = from === null ? x : null;
      }
      if (from !== null) canvas.row(band.top + row, from, band.right);
    }
  }

  /**
   * Collects crossings into `parities`, like `#cross`: written out for speed, since there may be hundreds of
   * millions.
   */
  #crossByParity(edges: Int32Array | undefined, band: Band, width: number): void {
    const { top, rows, left } = band;
    const points = this.#points;
    const count = edges?.length ?? this.#count;
    for (let index = 0; index < count; index++) {
      const at = 2 * (edges === undefined ? index : (edges[index] ?? 0));
      const x1 = points[at] ?? NaN;
      const y1 = points[at + 1] ?? NaN;
      const x2 = points[at + 2] ?? NaN;
      const y2 = points[at + 3] ?? NaN;
      if (sideOf(x1, x2, band) !== 'inside') continue;
      const end = endRow(y1 < y2 ? y2 : y1, top, rows);
      const slope = (x2 - x1) / (y2 - y1);
      for (let row = firstRow(y1 < y2 ? y1 : y2, top); row < end; row++) {
        const x = x1 + (top + row + 0.5 - y1) * slope;
        const column = Math.max(0, Math.floor((x === x ? x : x1) + 0.5) - left);
        if (column >= width) continue;
        const place = column * tileSide + row;
        parities[place] = (parities[place] ?? 0) ^ 1;
      }
    }
  }

  /** Visits the crossings of edges with the middle of each row of the band, for edges that may cross its columns. */
  #cross(edges: Int32Array | undefined, band: Band, see: (row: number, x: number) => void): void {
    const { top, rows } = band;
    const points = this.#points;
    const count = edges?.length ?? this.#count;
    for (let index = 0; index < count; index++) {
      const at = 2 * (edges === undefined ? index : (edges[index] ?? 0));
      const x1 = points[at] ?? NaN;
      const y1 = points[at + 1] ?? NaN;
      const x2 = points[at + 2] ?? NaN;
      const y2 = points[at + 3] ?? NaN;
      if (sideOf(x1, x2, band) !== 'inside') continue;
      const end = endRow(y1 < y2 ? y2 : y1, top, rows);
      const slope = (x2 - x1) / (y2 - y1);
      for (let row = firstRow(y1 < y2 ? y1 : y2, top); row < end; row++) {
        const x = x1 + (top + row + 0.5 - y1) * slope;
        // Differences of the largest numbers are infinite; the position of such an edge does not matter.
        see(row, Number.isNaN(x) ? x1 : x);
      }
    }
  }
}

/** Rows of a tile that an area may touch, and the tile's columns; px of the image. */
interface Band {
  readonly top: number;
  readonly rows: number;
  readonly left: number;
  readonly right: number;
}

/** Number of crossings by row of the band. */
interface CrossingCounts {
  /** Crossings of edges left of its columns. */
  readonly before: Int32Array;
  readonly inside: Int32Array;
  /** Number of crossings inside the columns. */
  readonly crossings: number;
}

/** Returns the side of a band's columns on which an edge is, with a spare pixel for rounding. */
function sideOf(x1: number, x2: number, { left, right }: Band): 'before' | 'inside' | 'after' {
  if (x1 < left - 1 && x2 < left - 1) return 'before';
  return x1 > right + 1 && x2 > right + 1 ? 'after' : 'inside';
}

/** Returns the first row whose middle is in [low, high), counted from the top of the band. */
function firstRow(low: number, top: number): number {
  return Math.max(0, Math.ceil(low - 0.5) - top);
}

/** Returns the row after the last of these rows. */
function endRow(high: number, top: number, rows: number): number {
  return Math.min(rows, Math.ceil(high - 0.5) - top);
}

function joined(rings: readonly Ring[]): Float64Array {
  const all = new Float64Array(rings.reduce((sum, ring) => sum + ring.length + 4, 0));
  let at = 0;
  for (const ring of rings) {
    all.set(ring, at);
    all.set(ring.subarray(0, 2), at + ring.length);
    all.fill(NaN, at + ring.length + 2, at + ring.length + 4);
    at += ring.length + 4;
  }
  return all;
}

/** Most rows cross an outline a few times, for which the general method takes longer than the painting. */
function sort(places: Float64Array, start: number, end: number): void {
  if (end - start > 24) {
    places.subarray(start, end).sort();
    return;
  }
  for (let at = start + 1; at < end; at++) {
    const place = places[at] ?? 0;
    let to = at;
    for (; to > start && (places[to - 1] ?? 0) > place; to--) places[to] = places[to - 1] ?? 0;
    places[to] = place;
  }
}
