import { BorderGrid } from './border-grid.ts';
import { Region } from './region.ts';
import { ringsOf, type PixelRing } from './region-rings.ts';
import { emptyRow, joinRow, splitRow, type RowRuns, type RunArea } from './row-runs.ts';
import { simplifyLine } from './simplify-line.ts';
import { traceRow, type TraceWatch } from './trace-row.ts';
import type { BorderLine } from './region.ts';

export type { PixelRing } from './region-rings.ts';
export type { RunArea } from './row-runs.ts';

/** A region of a mask. */
export interface MaskPolygon {
  /** [1, 254] */
  readonly value: number;
  /** How many the region has; also where its border was made simpler. */
  readonly pixels: number;
  /** Of these pixels, in the unit of `runArea`; null without it. */
  readonly area: number | null;
  /** The outer ring, then those of holes. */
  readonly rings: readonly PixelRing[];
}

export interface PolygonOptions {
  /** How far a border may move where that makes it simpler, px; 0: not at all. */
  readonly tolerance?: number;
  /** Regions of fewer pixels give no polygon. Their place stays empty. */
  readonly smallest?: number;
  readonly runArea?: RunArea | undefined;
}

/** Rows after which what is no longer needed of the grid is forgotten. */
const forgetEvery = 256;

/**
 * Polygons of a mask, row by row: one for each region of pixels that have the same value and touch along
 * their edges (4-connected), along these edges, with holes. Background and what is not known give none.
 * Without a tolerance a polygon has exactly the area of its pixels. Corners lie only where the border turns
 * and where three regions meet, so that neighbours have every corner of their common border in common.
 * Outer rings run counter-clockwise as one sees them (rows going down), holes clockwise, and all are simple.
 *
 * A region leaves as soon as it ends. Memory goes with the corners of regions that reach into the present row;
 * with a tolerance also one bit for each pixel from the present row up to where the oldest border that is
 * still open began.
 */
export class PolygonTracer {
  /** Regions with fewer pixels than `smallest`, and how many pixels they have together. */
  readonly dropped = { regions: 0, pixels: 0 };
  readonly #options: PolygonOptions;
  readonly #grid: BorderGrid | null;
  readonly #width: number;
  readonly #watch: TraceWatch;
  #above = emptyRow();
  #below = emptyRow();
  #row = 0;

  /** @param width px, at most 2^26 */
  constructor(width: number, options: PolygonOptions = {}) {
    this.#width = width;
    this.#options = options;
    this.#grid = (options.tolerance ?? 0) > 0 ? new BorderGrid(width) : null;
    this.#watch = {
      corner: (x, y) => this.#grid?.add(x, y),
      complete: (lines) => {
        // What is straight already comes first, as nothing else may become the same.
        for (const line of lines.toSorted((a, b) => a.points.length - b.points.length)) {
          this.#keep(line);
        }
      },
    };
  }

  /**
   * Takes the next row.
   *
   * @param values as many as the mask is wide
   * @returns polygons of regions that ended above it
   */
  row(values: Uint8Array): MaskPolygon[] {
    if (values.length !== this.#width) {
      throw new Error(`a row of ${this.#width} values, got ${values.length}`);
    }
    splitRow(values, this.#below);
    return this.#step();
  }

  /** After the last row. @returns polygons of all regions that reach it */
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

  /** Of regions that the row above has and this one has not. */
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

  /** Gives a line to the regions on both of its sides. */
  #keep(complete: BorderLine): void {
    const { tolerance = 0 } = this.#options;
    const line = this.#grid ? simplifyLine(complete, tolerance, this.#grid) : complete;
    if (line.left !== null) Region.of(line.left).lines.push(line);
    if (line.right !== null) Region.of(line.right).lines.push(line);
  }
}

/** The uppermost row of the lines that go on below a row. */
function oldestOf({ count, lines }: RowRuns, row: number): number {
  let oldest = row;
  for (let at = 0; at < count - 1; at++) oldest = Math.min(oldest, lines[at]?.top ?? row);
  return oldest;
}

/**
 * All polygons of a mask.
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
