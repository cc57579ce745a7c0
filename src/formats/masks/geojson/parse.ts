import { UserError } from '../../../core/errors.ts';
import { isRecord } from '../coco/parse.ts';
import { namedCrs } from './crs.ts';

/** Rings of points x, y, x, y, … in the coordinates of the file; holes are rings like any other. */
export type Rings = readonly Float64Array[];

export interface GeoShape {
  /** Each a polygon. */
  readonly polygons: readonly Rings[];
  readonly properties: Readonly<Record<string, unknown>>;
}

export interface GeoJson {
  /** `EPSG:n`. */
  readonly crs: string;
  readonly shapes: readonly GeoShape[];
  /** Features that are points or lines, or nothing. */
  readonly withoutArea: number;
}

const featureLimit = 1_000_000;
const pointLimit = 10_000_000;
const depthLimit = 8;

/** @throws UserError 'invalid-labels', 'unsupported' for its coordinate system, 'too-large' */
export function parseGeoJson(json: unknown, path: string): GeoJson {
  const features = featuresOf(json, path);
  const crs = namedCrs(isRecord(json) ? json.crs : undefined, path);
  const reader = new Reader(path, crs);
  const shapes: GeoShape[] = [];
  let withoutArea = 0;
  for (const [index, feature] of features.entries()) {
    const polygons = reader.polygons(feature.geometry, index, 0);
    if (polygons.length === 0) withoutArea++;
    else
      shapes.push({ polygons, properties: isRecord(feature.properties) ? feature.properties : {} });
  }
  return { crs, shapes, withoutArea };
}

function featuresOf(json: unknown, path: string): readonly Record<string, unknown>[] {
  if (!isRecord(json)) throw wrong(path, 'it holds no object');
  if (json.type === 'Feature') return [json];
  if (json.type !== 'FeatureCollection' || !Array.isArray(json.features)) {
    throw wrong(path, 'it holds no FeatureCollection');
  }
  if (json.features.length > featureLimit) {
    throw new UserError(
      'too-large',
      `${path} has ${json.features.length} features, more than the limit of ${featureLimit}. Split it.`,
    );
  }
  return json.features.filter(isRecord);
}

class Reader {
  readonly #path: string;
  readonly #isDegrees: boolean;
  #points = 0;

  constructor(path: string, crs: string) {
    this.#path = path;
    this.#isDegrees = crs === 'EPSG:4326';
  }

  polygons(geometry: unknown, feature: number, depth: number): Rings[] {
    if (!isRecord(geometry) || depth > depthLimit) return [];
    const { type, coordinates, geometries } = geometry;
    if (type === 'Polygon') return [this.#polygon(coordinates, feature)];
    if (type === 'MultiPolygon' && Array.isArray(coordinates)) {
      return coordinates.map((polygon) => this.#polygon(polygon, feature));
    }
    if (type !== 'GeometryCollection' || !Array.isArray(geometries)) return [];
    return geometries.flatMap((one) => this.polygons(one, feature, depth + 1));
  }

  #polygon(rings: unknown, feature: number): Rings {
    if (!Array.isArray(rings)) throw wrong(this.#path, `feature ${feature + 1} has no rings`);
    return rings.map((ring) => this.#ring(ring, feature));
  }

  #ring(ring: unknown, feature: number): Float64Array {
    const points: readonly unknown[] = Array.isArray(ring) ? ring : [];
    if (points.length < 4) {
      throw wrong(this.#path, `feature ${feature + 1} has a ring of fewer than four points`);
    }
    this.#points += points.length;
    if (this.#points > pointLimit) {
      throw new UserError(
        'too-large',
        `${this.#path} has more than ${pointLimit} points. Simplify or split it.`,
      );
    }
    const places = new Float64Array(2 * points.length);
    for (const [index, point] of points.entries()) {
      const [x, y] = Array.isArray(point) ? (point as unknown[]) : [];
      places[2 * index] = this.#number(x, 180, feature);
      places[2 * index + 1] = this.#number(y, 90, feature);
    }
    return places;
  }

  #number(value: unknown, most: number, feature: number): number {
    if (typeof value !== 'number' || !Number.isFinite(value)) {
      throw wrong(this.#path, `feature ${feature + 1} has a point that is no pair of numbers`);
    }
    if (!this.#isDegrees || Math.abs(value) <= most * (1 + 1e-6)) return value;
    throw wrong(
      this.#path,
      `feature ${feature + 1} has the coordinate ${value}, which is no longitude or latitude, and the file names no other system`,
    );
  }
}

function wrong(path: string, why: string): UserError {
  return new UserError(
    'invalid-labels',
    `${path} is no GeoJSON of polygons in longitude and latitude: ${why}. Save it again as RFC 7946.`,
  );
}
