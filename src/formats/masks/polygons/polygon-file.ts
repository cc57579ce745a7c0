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
 * going down; or in the coordinates of one image whose coordinate system is unnamed, which for an image without a
 * position are pixels with rows going down to negative y.
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
  /** Number of features that are points or lines, or empty. */
  readonly withoutArea: number;
}

/** Maximum numbers of features of a file, and of points of their polygons. */
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
