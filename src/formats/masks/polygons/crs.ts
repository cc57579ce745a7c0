import proj4 from 'proj4';
import definitions from 'proj4-list';
import { UserError } from '../../../core/errors.ts';
import { nameOfCrs } from '../geotiff/place.ts';
import { polygonLabelsText } from '../../../text/index.ts';

/** Longitude and latitude on WGS 84, degrees: the coordinate system of GeoJSON (RFC 7946, 4). */
export const longitudeLatitude = 'EPSG:4326';

/**
 * Projection from coordinates of one system to those of another: x (or longitude) first. NaN for points without
 * a result.
 */
export type Projection = (x: number, y: number) => readonly [number, number];

/**
 * @param from `EPSG:n`. @param to `EPSG:n` or WKT. @param path file with these coordinates, for the error
 * @throws UserError 'unsupported' for an unknown system
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
      polygonLabelsText.noConversion(path, { from: nameOfCrs(from), to: nameOfCrs(to) }),
      error instanceof Error ? error.message : String(error),
    );
  }
}

/** Returns the library's definition of a system: its own words for a code, WKT unchanged. */
export function definitionOf(crs: string): string {
  if (!/^EPSG:\d+$/.test(crs)) return crs;
  return definitions[crs]?.[1] ?? crs;
}

/**
 * Returns the system that an old GeoJSON (2008) names.
 *
 * @param crs the member of that name; undefined: none. @throws UserError 'unsupported'
 */
export function namedCrs(crs: unknown, path: string): string {
  if (crs === undefined || crs === null) return longitudeLatitude;
  const name = nameIn(crs);
  if (/\bCRS84$/i.test(name)) return longitudeLatitude;
  const code = /(?:^|:)EPSG:(?:[\d.]*:)?(\d+)$/i.exec(name)?.[1];
  if (code !== undefined) return `EPSG:${code}`;
  throw new UserError('unsupported', polygonLabelsText.unknownSystem(path, name.slice(0, 80)));
}

function nameIn(crs: unknown): string {
  if (typeof crs !== 'object' || crs === null || !('properties' in crs)) return '';
  const { properties } = crs;
  if (typeof properties !== 'object' || properties === null || !('name' in properties)) return '';
  return typeof properties.name === 'string' ? properties.name : '';
}
