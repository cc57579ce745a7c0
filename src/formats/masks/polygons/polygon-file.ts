import type { Size } from '../../../core/mask/tiles.ts';

/** Rings of points x, y, x, y, … in the coordinates of the file; holes are rings like any other. */
export type Rings = readonly Float64Array[];

/** Feature or row of a file: its polygons and their properties. */
export interface GeoShape {
  /** Polygons of the shape. */
  readonly polygons: readonly Rings[];
  readonly properties: Readonly<Record<string, unknown>>;
}

/**
 * Meaning of coordinates: in a system (`EPSG:n` or WKT); in pixels of one image, from its upper left corner with rows
 * going down; or in the own coordinates of one image whose system has no name, which for an unplaced image are pixels
 * with rows going down to negative y.
 */
export type Coordinates =
  | { readonly crs: string }
  | { readonly crs: null; readonly of: 'pixels'; readonly size: Size | null }
  | { readonly crs: null; readonly of: 'image' };

/** Polygons in the same coordinates. */
export interface PolygonSet {
  readonly coordinates: Coordinates;
  readonly shapes: readonly GeoShape[];
}

/** Polygons of a file. */
export interface PolygonFile {
  readonly path: string;
  readonly sets: readonly PolygonSet[];
  /** Features that are points or lines, or nothing. */
  readonly withoutArea: number;
}

/** Features, and points of their polygons, that a file may have. */
export const featureLimit = 1_000_000;
export const pointLimit = 10_000_000;

/** Returns the shapes of a file, set by set. */
export function shapesOf({ sets }: PolygonFile): readonly GeoShape[] {
  const [only, ...others] = sets;
  if (only !== undefined && others.length === 0) return only.shapes;
  return sets.flatMap(({ shapes }) => shapes);
}

/** Returns true if its coordinates make sense for one image only, which the file's name must tell. */
export function isOfOneImage({ sets }: PolygonFile): boolean {
  return sets.some(({ coordinates }) => coordinates.crs === null);
}
