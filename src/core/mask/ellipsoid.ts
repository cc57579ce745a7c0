/** Ellipsoid of revolution: semi-major axis in m, and the square of its first eccentricity. */
export interface Ellipsoid {
  readonly axis: number;
  readonly eccentricity2: number;
}

/** Ellipsoid of GPS and RFC 7946. */
export const wgs84: Ellipsoid = { axis: 6378137, eccentricity2: 0.0066943799901413165 };

/**
 * Computes the exact area of a cell between two parallels and two meridians, in m².
 *
 * The area from the equator to φ for a radian of longitude is b²/2 · (sin φ / (1 − e² sin² φ) +
 * artanh(e sin φ) / e); on a sphere it is r² sin φ (Snyder, "Map projections: a working manual", 1987,
 * equations 3-12 and 14-9).
 *
 * @param south, north latitudes in radians. @param width difference of longitudes in radians
 */
export function cellArea(
  ellipsoid: Ellipsoid,
  south: number,
  north: number,
  width: number,
): number {
  return Math.abs((fromEquator(ellipsoid, north) - fromEquator(ellipsoid, south)) * width);
}

function fromEquator({ axis, eccentricity2 }: Ellipsoid, latitude: number): number {
  const sine = Math.sin(latitude);
  if (eccentricity2 === 0) return axis * axis * sine;
  const e = Math.sqrt(eccentricity2);
  const bracket = sine / (1 - eccentricity2 * sine * sine) + Math.atanh(e * sine) / e;
  return ((axis * axis * (1 - eccentricity2)) / 2) * bracket;
}

/** Area in m² per square radian of longitude and latitude at a latitude: M N cos φ. */
export function areaScale({ axis, eccentricity2 }: Ellipsoid, latitude: number): number {
  const rest = 1 - eccentricity2 * Math.sin(latitude) ** 2;
  return (axis * axis * (1 - eccentricity2) * Math.cos(latitude)) / (rest * rest);
}
