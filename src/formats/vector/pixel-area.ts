import { areaScale, cellArea, wgs84, type Ellipsoid } from '../../core/mask/ellipsoid.ts';
import type { RunArea } from '../../core/mask/polygons.ts';
import { vectorText } from '../../text/index.ts';
import { longitudeLatitude, projectionBetween } from '../masks/polygons/crs.ts';
import { toWorld } from '../masks/geotiff/place.ts';
import type { GeoReference, PixelSpacing } from '../raster/image-file.ts';
import { crsKind } from './crs-kind.ts';
import type { MaskPlace } from './place.ts';

/** Method of measuring pixels. */
export interface PixelArea {
  /** Unit of area: of a body, or of land. */
  readonly unit: 'mm²' | 'm²';
  readonly runArea: RunArea;
  /** Note on the method for the user. */
  readonly note: string | null;
}

type Affine = GeoReference['transform'];

const radians = Math.PI / 180;
/** Number of pixels of a rotated row that are measured by the one in their middle. */
const pieceLength = 64;

/**
 * Returns the size of a mask's pixels. Distances in mm give mm². On Earth: m² of the ellipsoid if the coordinates are
 * degrees or those of a Mercator projection, exact for rows that run east, and by the middle of short pieces for
 * other rows; else the area in the plane of the coordinates, in m² whatever their unit, which equals the ground's as
 * far as the projection preserves areas.
 *
 * @returns null if neither is known
 */
export function pixelAreaOf({ geo, spacing }: MaskPlace): PixelArea | null {
  if (geo !== null) return onEarth(geo, spacing);
  if (spacing?.unit !== 'mm') return null;
  return { unit: 'mm²', runArea: constant(spacing.x * spacing.y), note: null };
}

function onEarth({ transform, crs }: GeoReference, spacing: PixelSpacing | null): PixelArea | null {
  const known = crs === null ? null : crsKind(crs);
  const [a, , , d] = transform;
  // The file's own units are used, if it states them.
  const unitOf = (unit: PixelSpacing['unit']): number | null =>
    spacing?.unit === unit ? spacing.x / Math.hypot(a, d) : null;
  if (known?.kind === 'geographic' || unitOf('degree') !== null) {
    const degrees = unitOf('degree') ?? 1;
    const toDegrees = (x: number, y: number): [number, number] => [x * degrees, y * degrees];
    return geodesic(transform, toDegrees, known?.ellipsoid ?? wgs84);
  }
  if (known?.kind === 'cylindrical' && crs !== null) {
    return geodesic(transform, projectionBetween(crs, longitudeLatitude, 'the mask'), wgs84);
  }
  const metres = unitOf('m') ?? known?.metres ?? null;
  if (metres === null) return null;
  return { unit: 'm²', runArea: constant(determinantOf(transform) * metres ** 2), note: null };
}

function constant(pixel: number): RunArea {
  return (_row, from, to) => (to - from) * pixel;
}

function determinantOf([a, b, , d, e]: Affine): number {
  return Math.abs(a * e - b * d);
}

/** @param place longitude and latitude of coordinates, degrees */
function geodesic(
  transform: Affine,
  place: (x: number, y: number) => readonly [number, number],
  ellipsoid: Ellipsoid,
): PixelArea {
  const at = (column: number, row: number): readonly [number, number] => {
    const [longitude, latitude] = place(...toWorld(transform, column, row));
    return [longitude * radians, latitude * radians];
  };
  const [, b, , d] = transform;
  if (b === 0 && d === 0) {
    let [measured, pixel] = [-1, 0];
    const runArea: RunArea = (row, from, to) => {
      if (row !== measured) {
        const [west, north] = at(0, row);
        const [east, south] = at(1, row + 1);
        pixel = cellArea(ellipsoid, clamped(south), clamped(north), east - west);
        measured = row;
      }
      return (to - from) * pixel;
    };
    return { unit: 'm²', runArea, note: null };
  }
  return {
    unit: 'm²',
    runArea: turned(at, ellipsoid),
    note: vectorText.areasInPieces,
  };
}

/** There is no area beyond a pole. */
function clamped(latitude: number): number {
  return Math.min(Math.PI / 2, Math.max(-Math.PI / 2, latitude));
}

function turned(
  at: (column: number, row: number) => readonly [number, number],
  ellipsoid: Ellipsoid,
): RunArea {
  return (row, from, to) => {
    let area = 0;
    for (let start = from; start < to; start += pieceLength) {
      const end = Math.min(to, start + pieceLength);
      const middle = (start + end) / 2;
      const [longitude, latitude] = at(middle, row + 0.5);
      const [longitude1, latitude1] = at(middle + 1, row + 0.5);
      const [longitude2, latitude2] = at(middle, row + 1.5);
      const square =
        (longitude1 - longitude) * (latitude2 - latitude) -
        (latitude1 - latitude) * (longitude2 - longitude);
      area += (end - start) * Math.abs(square) * areaScale(ellipsoid, latitude);
    }
    return area;
  };
}
