import proj4 from 'proj4';
import definitions from 'proj4-list';
import { UserError } from '../../../core/errors.ts';
import { nameOfCrs } from '../geotiff/place.ts';

/** Longitude and latitude on WGS 84, degrees: what GeoJSON is in (RFC 7946, 4). */
export const longitudeLatitude = 'EPSG:4326';

/** From coordinates of one system to those of another: x (or longitude) first. NaN where there is no place. */
export type Projection = (x: number, y: number) => readonly [number, number];

/**
 * @param from `EPSG:n`. @param to `EPSG:n` or WKT. @param path whose systems these are, for the error
 * @throws UserError 'unsupported' for a system that is not known
 */
export function projectionBetween(from: string, to: string, path: string): Projection {
  if (from === to) return (x, y) => [x, y];
  try {
    const converter = proj4(definitionOf(from), definitionOf(to));
    return (x, y) => {
      const [east = NaN, north = NaN] = converter.forward([x, y]);
      return [east, north];
    };
  } catch (error) {
    throw new UserError(
      'unsupported',
      `${path}: coordinates cannot be brought from ${nameOfCrs(from)} to ${nameOfCrs(to)}, as one of them is not known. Reproject the polygons to the image’s coordinates, or rasterise them.`,
      error instanceof Error ? error.message : String(error),
    );
  }
}

/** What the library takes: its own words for a code, WKT as it is. */
export function definitionOf(crs: string): string {
  if (!/^EPSG:\d+$/.test(crs)) return crs;
  return definitions[crs]?.[1] ?? crs;
}

/**
 * The system that an old GeoJSON (2008) names.
 *
 * @param crs the member of that name; undefined: none. @throws UserError 'unsupported'
 */
export function namedCrs(crs: unknown, path: string): string {
  if (crs === undefined || crs === null) return longitudeLatitude;
  const name = nameIn(crs);
  if (/\bCRS84$/i.test(name)) return longitudeLatitude;
  const code = /(?:^|:)EPSG:(?:[\d.]*:)?(\d+)$/i.exec(name)?.[1];
  if (code !== undefined) return `EPSG:${code}`;
  throw new UserError(
    'unsupported',
    `${path} names a coordinate system that is not known (${name.slice(0, 80) || 'by a link'}). Save it in longitude and latitude (WGS 84).`,
  );
}

function nameIn(crs: unknown): string {
  if (typeof crs !== 'object' || crs === null || !('properties' in crs)) return '';
  const { properties } = crs;
  if (typeof properties !== 'object' || properties === null || !('name' in properties)) return '';
  return typeof properties.name === 'string' ? properties.name : '';
}
