import { UserError } from '../../../core/errors.ts';
import { isRecord } from '../coco/parse.ts';
import { longitudeLatitude, namedCrs } from '../polygons/crs.ts';
import {
  featureLimit,
  pointLimit,
  type Coordinates,
  type GeoShape,
  type PolygonFile,
  type Rings,
} from '../polygons/polygon-file.ts';
import { geoJsonLabelsText, polygonLabelsText } from '../../../text/index.ts';

const depthLimit = 8;

/** @throws UserError 'invalid-labels', 'unsupported' for its coordinate system, 'too-large' */
export function parseGeoJson(json: unknown, path: string): PolygonFile {
  const features = featuresOf(json, path);
  const coordinates = isOfQuPath(json, features)
    ? ({ crs: null, of: 'pixels', size: null } as const)
    : coordinatesOf(isRecord(json) ? json : {}, path);
  const reader = new Reader(path, coordinates.crs === longitudeLatitude);
  const shapes: GeoShape[] = [];
  let withoutArea = 0;
  for (const [index, feature] of features.entries()) {
    const polygons = reader.polygons(feature.geometry, index, 0);
    if (polygons.length === 0) withoutArea++;
    else
      shapes.push({ polygons, properties: isRecord(feature.properties) ? feature.properties : {} });
  }
  return { path, sets: [{ coordinates, shapes }], withoutArea };
}

/** Returns true for annotations of QuPath, whose coordinates are pixels of one image, and which name no system. */
function isOfQuPath(json: unknown, features: readonly Record<string, unknown>[]): boolean {
  if (features.length === 0 || (isRecord(json) && json.crs !== undefined)) return false;
  return features.every(
    ({ properties }) => isRecord(properties) && typeof properties.objectType === 'string',
  );
}

/** Our own files for images without a position state that coordinates are pixels (see `geojsonOfMask`). */
function coordinatesOf(
  { crs, pixelCoordinates }: Record<string, unknown>,
  path: string,
): Coordinates {
  if (!isRecord(pixelCoordinates)) return { crs: namedCrs(crs, path) };
  const { width, height } = pixelCoordinates;
  const isKnown = typeof width === 'number' && typeof height === 'number';
  return { crs: null, of: 'pixels', size: isKnown ? { width, height } : null };
}

function featuresOf(json: unknown, path: string): readonly Record<string, unknown>[] {
  if (!isRecord(json)) throw wrong(path, geoJsonLabelsText.notAnObject);
  if (json.type === 'Feature') return [json];
  if (json.type !== 'FeatureCollection' || !Array.isArray(json.features)) {
    throw wrong(path, geoJsonLabelsText.notACollection);
  }
  if (json.features.length > featureLimit) {
    throw new UserError(
      'too-large',
      polygonLabelsText.tooManyFeatures(path, json.features.length, featureLimit),
    );
  }
  return json.features.filter(isRecord);
}

class Reader {
  readonly #path: string;
  readonly #isDegrees: boolean;
  #points = 0;

  constructor(path: string, isDegrees: boolean) {
    this.#path = path;
    this.#isDegrees = isDegrees;
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
    if (!Array.isArray(rings)) throw wrong(this.#path, geoJsonLabelsText.noRings(feature + 1));
    return rings.map((ring) => this.#ring(ring, feature));
  }

  #ring(ring: unknown, feature: number): Float64Array {
    const points: readonly unknown[] = Array.isArray(ring) ? ring : [];
    if (points.length < 4) {
      throw wrong(this.#path, geoJsonLabelsText.ringTooShort(feature + 1));
    }
    this.#points += points.length;
    if (this.#points > pointLimit) {
      throw new UserError('too-large', polygonLabelsText.morePoints(this.#path, pointLimit));
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
      throw wrong(this.#path, geoJsonLabelsText.notNumbers(feature + 1));
    }
    if (!this.#isDegrees || Math.abs(value) <= most * (1 + 1e-6)) return value;
    throw wrong(this.#path, geoJsonLabelsText.notDegrees(feature + 1, value));
  }
}

function wrong(path: string, why: string): UserError {
  return new UserError('invalid-labels', geoJsonLabelsText.notValid(path, why));
}
