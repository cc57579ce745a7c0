import { UserError } from '../../../core/errors.ts';
import type { Size } from '../../../core/mask/tiles.ts';
import type { GeoReference } from '../../raster/image-file.ts';
import { requireSameSize, toPixel, toWorld } from '../geotiff/place.ts';
import { projectionBetween } from './crs.ts';
import type { PolygonFile, PolygonSet, Rings } from './polygon-file.ts';
import { polygonLabelsText } from '../../../text/index.ts';

/** Coordinate systems in which the shapes are kept. */
const keptSystems = 4;

/** Polygon in the coordinates of a system. */
interface PlacedPolygon {
  readonly rings: Rings;
  readonly box: Box;
}

type Box = readonly [left: number, bottom: number, right: number, top: number];

/** Shapes of a file in px of images; those in a coordinate system are kept in each system of the images. */
export class PlacedShapes {
  readonly #sets: readonly PlacedSet[];

  constructor({ sets, path }: PolygonFile) {
    this.#sets = sets.map((set) => new PlacedSet(set, path));
  }

  /**
   * Returns polygons in px of the image, shape by shape, of those that may touch it.
   *
   * @param geo position of the image; null without one
   * @throws UserError 'unsupported', 'invalid-labels' if the shapes cannot be placed on the image
   */
  on(geo: GeoReference | null, image: Size): readonly (readonly Rings[])[] {
    return this.#sets.flatMap((set) => set.on(geo, image));
  }
}

class PlacedSet {
  readonly #set: PolygonSet;
  readonly #path: string;
  readonly #systems = new Map<string, readonly (readonly PlacedPolygon[])[]>();

  constructor(set: PolygonSet, path: string) {
    this.#set = set;
    this.#path = path;
  }

  on(geo: GeoReference | null, image: Size): readonly (readonly Rings[])[] {
    const { coordinates, shapes } = this.#set;
    if (coordinates.crs !== null) return this.#onEarth(coordinates.crs, geo, image);
    if (coordinates.of === 'pixels') {
      if (coordinates.size !== null) requireSameSize(image, coordinates.size, this.#path);
      return shapes.map(({ polygons }) => polygons);
    }
    const pixel = geo === null ? upright : toPixel(geo.transform);
    return shapes.map(({ polygons }) =>
      polygons.map((rings) => rings.map((ring) => mapped(ring, pixel))),
    );
  }

  #onEarth(
    from: string,
    geo: GeoReference | null,
    { width, height }: Size,
  ): readonly (readonly Rings[])[] {
    if (geo?.crs == null) {
      throw new UserError('invalid-labels', polygonLabelsText.imageWithoutSystem(this.#path));
    }
    const { transform } = geo;
    const pixel = toPixel(transform);
    const corners = [0, width].flatMap((x) => [0, height].map((y) => toWorld(transform, x, y)));
    const frame = boxOf(corners.flat());
    return this.#in(from, geo.crs).map((polygons) =>
      polygons
        .filter(({ box }) => areTouching(box, frame))
        .map(({ rings }) => rings.map((ring) => mapped(ring, pixel))),
    );
  }

  #in(from: string, crs: string): readonly (readonly PlacedPolygon[])[] {
    const known = this.#systems.get(crs);
    if (known) return known;
    const project = projectionBetween(from, crs, this.#path);
    const shapes = this.#set.shapes.map(({ polygons }) =>
      polygons
        .map((rings) => rings.map((ring) => mapped(ring, project)))
        // Polygons that cannot be converted to the image's system are not on the image.
        .filter((rings) => rings.every((ring) => ring.every(Number.isFinite)))
        .map((rings) => ({ rings, box: boxOf(rings[0] ?? []) })),
    );
    const [oldest] = this.#systems.keys();
    if (oldest !== undefined && this.#systems.size >= keptSystems) this.#systems.delete(oldest);
    this.#systems.set(crs, shapes);
    return shapes;
  }
}

/** Maps coordinates of a file without a position, in which rows go down to negative y. */
function upright(x: number, y: number): readonly [number, number] {
  return [x, -y];
}

function boxOf(points: ArrayLike<number>): Box {
  let [left, bottom, right, top] = [Infinity, Infinity, -Infinity, -Infinity];
  for (let at = 0; at + 1 < points.length; at += 2) {
    left = Math.min(left, points[at] ?? NaN);
    right = Math.max(right, points[at] ?? NaN);
    bottom = Math.min(bottom, points[at + 1] ?? NaN);
    top = Math.max(top, points[at + 1] ?? NaN);
  }
  return [left, bottom, right, top];
}

function areTouching(a: Box, b: Box): boolean {
  return a[0] <= b[2] && b[0] <= a[2] && a[1] <= b[3] && b[1] <= a[3];
}

function mapped(
  ring: Float64Array,
  by: (x: number, y: number) => readonly [number, number],
): Float64Array {
  const places = new Float64Array(ring.length);
  for (let at = 0; at < ring.length; at += 2) {
    const [x, y] = by(ring[at] ?? NaN, ring[at + 1] ?? NaN);
    places[at] = x;
    places[at + 1] = y;
  }
  return places;
}
