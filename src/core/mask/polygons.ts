import { BorderGrid } from './border-grid.ts';
import { Region } from './region.ts';
import { ringsOf, type PixelRing } from './region-rings.ts';
import { emptyRow, joinRow, splitRow, type RowRuns, type RunArea } from './row-runs.ts';
import { simplifyLine } from './simplify-line.ts';
import { traceRow, type TraceWatch } from './trace-row.ts';
import type { BorderLine } from './region.ts';

export type { PixelRing } from './region-rings.ts';
export type { RunArea } from './row-runs.ts';

/** Polygon of a mask's region. */
export interface MaskPolygon {
  /** Value of the region, [1, 254]. */
  readonly value: number;
  /** Number of pixels in the region, also if its border was simplified. */
  readonly pixels: number;
  /** Area of these pixels in the unit of `runArea`; null without it. */
  readonly area: number | null;
  /** Outer ring, then the rings of holes. */
  readonly rings: readonly PixelRing[];
}

export interface PolygonOptions {
  /** Largest distance that simplifying may move a border, px; 0: no simplification. */
  readonly tolerance?: number;
  /** Smallest number of pixels of a polygon; the place of smaller regions stays empty. */
  readonly smallest?: number;
  readonly runArea?: RunArea | undefined;
}

/** Number of rows after which unneeded rows of the grid are removed. */
const forgetEvery = 256;

/**
 * Traces the polygons of a mask row by row: one for each region of pixels that have the same value and touch along
 * their edges (4-connected), along these edges, with holes. Background and unknown pixels have none.
 * Without a tolerance a polygon has exactly the area of its pixels. It has corners only where the border turns
 * and where three regions meet, so that neighbours share every corner of their common border.
 * Outer rings run counter-clockwise as seen on screen (rows going down), holes clockwise, and all are simple.
 *
 * A polygon is emitted as soon as its region ends. Memory is proportional to the corners of regions that reach into the
 * present row; with a tolerance also one bit for each pixel from the present row up to the start of the oldest border
 * that is still open.
 */
export class PolygonTracer {
  /** Number of regions with fewer pixels than `smallest`, and of their pixels. */
  readonly dropped = { regions: 0, pixels: 0 };
  readonly #options: PolygonOptions;
  readonly #grid: BorderGrid | null;
  readonly #width: number;
  readonly #watch: TraceWatch;
  #above = emptyRow();
  #below = emptyRow();
  #row = 0;

  /** @param width width of the mask, px, at most 2^26 */
  constructor(width: number, options: PolygonOptions = {}) {
    this.#width = width;
    this.#options = options;
    this.#grid = (options.tolerance ?? 0) > 0 ? new BorderGrid(width) : null;
    this.#watch = {
      corner: (x, y) => this.#grid?.add(x, y),
      complete: (lines) => {
        // Lines that are straight already come first, as no other line may become equal to them.
        for (const line of lines.toSorted((a, b) => a.points.length - b.points.length)) {
          this.#keep(line);
        }
      },
    };
  }

  /**
   * Adds the next row.
   *
   * @param values values of the row, as many as the mask is wide
   * @returns polygons of regions that ended above it
   */
  row(values: Uint8Array): MaskPolygon[] {
    if (values.length !== this.#width) {
      throw new Error(`a row of ${this.#width} values, got ${values.length}`);
    }
    splitRow(values, this.#below);
    return this.#step();
  }

  /** Ends the mask after its last row. @returns polygons of all regions that reach it */
  end(): MaskPolygon[] {
    this.#below = emptyRow();
    return this.#step();
  }

  #step(): MaskPolygon[] {
    const [above, below, row] = [this.#above, this.#below, this.#row];
    joinRow(above, below, row, this.#options.runArea);
    traceRow(above, below, row, this.#watch);
    const ended = this.#ended(above, row);
    [this.#above, this.#below] = [below, above];
    this.#row++;
    if (this.#grid !== null && row % forgetEvery === 0) this.#grid.dropAbove(oldestOf(below, row));
    return ended;
  }

  /** Polygons of regions that are in the row above and not in this one. */
  #ended({ count, regions }: RowRuns, row: number): MaskPolygon[] {
    const polygons: MaskPolygon[] = [];
    for (let at = 0; at < count; at++) {
      const part = regions[at] ?? null;
      if (part === null) continue;
      const region = Region.of(part);
      if (region.lastRow === row || region.lines.length === 0) continue;
      const polygon = this.#polygonOf(region);
      if (polygon !== null) polygons.push(polygon);
      region.lines = [];
    }
    return polygons;
  }

  #polygonOf(region: Region): MaskPolygon | null {
    const { value, pixels, area } = region;
    if (pixels < (this.#options.smallest ?? 0)) {
      this.dropped.regions++;
      this.dropped.pixels += pixels;
      return null;
    }
    const measured = this.#options.runArea === undefined ? null : area;
    return { value, pixels, area: measured, rings: ringsOf(region) };
  }

  /** Adds a line to the regions on both of its sides. */
  #keep(complete: BorderLine): void {
    const { tolerance = 0 } = this.#options;
    const line = this.#grid ? simplifyLine(complete, tolerance, this.#grid) : complete;
    if (line.left !== null) Region.of(line.left).lines.push(line);
    if (line.right !== null) Region.of(line.right).lines.push(line);
  }
}

/** Uppermost row of the lines that continue below a row. */
function oldestOf({ count, lines }: RowRuns, row: number): number {
  let oldest = row;
  for (let at = 0; at < count - 1; at++) oldest = Math.min(oldest, lines[at]?.top ?? row);
  return oldest;
}

/**
 * Traces all polygons of a mask.
 *
 * @param strips rows from top to bottom, (rows, width) values each
 */
export async function* tracePolygons(
  strips: AsyncIterable<Uint8Array>,
  width: number,
  tracer: PolygonTracer,
): AsyncGenerator<MaskPolygon> {
  for await (const strip of strips) {
    for (let at = 0; at < strip.length; at += width) {
      yield* tracer.row(strip.subarray(at, at + width));
    }
  }
  yield* tracer.end();
}
