import type { PixelRing } from '../../core/mask/polygons.ts';
import { toWorld } from '../masks/geotiff/place.ts';
import type { GeoReference } from '../raster/image-file.ts';

type Affine = GeoReference['transform'];

/** Points x, y, x, y, … of coordinates; the last is the first again. */
export type WorldRing = Float64Array;

/**
 * Returns the rings of a polygon in coordinates: the outer one counter-clockwise (x to the right, y up), holes
 * clockwise, whether or not the transform flips the image.
 *
 * @param project from the transform's coordinates to others
 */
export function worldRings(
  rings: readonly PixelRing[],
  transform: Affine,
  project?: (x: number, y: number) => readonly [number, number],
): WorldRing[] {
  const [a, b, , d, e] = transform;
  const isReversed = a * e - b * d > 0;
  return rings.map((ring) => {
    const count = ring.length / 2;
    const world = new Float64Array(ring.length + 2);
    for (let index = 0; index <= count; index++) {
      const at = 2 * ((isReversed ? count - index : index) % count);
      const here = toWorld(transform, ring[at] ?? 0, ring[at + 1] ?? 0);
      const [x, y] = project ? project(...here) : here;
      world[2 * index] = x;
      world[2 * index + 1] = y;
    }
    return world;
  });
}

export interface Bounds {
  readonly left: number;
  readonly bottom: number;
  readonly right: number;
  readonly top: number;
}

/** Returns the bounds of a polygon's outer ring. */
export function boundsOf([ring]: readonly WorldRing[]): Bounds {
  let [left, bottom, right, top] = [Infinity, Infinity, -Infinity, -Infinity];
  for (let at = 0; ring !== undefined && at < ring.length; at += 2) {
    const [x = NaN, y = NaN] = [ring[at], ring[at + 1]];
    left = Math.min(left, x);
    right = Math.max(right, x);
    bottom = Math.min(bottom, y);
    top = Math.max(top, y);
  }
  return { left, bottom, right, top };
}
