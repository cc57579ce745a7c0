/** Position on Earth, degrees. */
export interface Place {
  readonly longitude: number;
  readonly latitude: number;
}

/** Semi-major axis of WGS 84, m. */
const equator = 6_378_137;
const flattening = 1 / 298.257_223_563;
const pole = equator * (1 - flattening);
/** Mean radius (IUGG), m. */
const meanRadius = 6_371_008.8;
const radians = Math.PI / 180;

/**
 * Distance on the ellipsoid of WGS 84 in m, by Vincenty's inverse formula ("Direct and inverse solutions of
 * geodesics on the ellipsoid", 1975), accurate to a millimetre. For nearly antipodal points, for which it does not
 * converge, the distance on the sphere is used.
 */
export function geodesicDistance(from: Place, to: Place): number {
  const length = (to.longitude - from.longitude) * radians;
  const [sinU1, cosU1] = reduced(from.latitude);
  const [sinU2, cosU2] = reduced(to.latitude);
  let lambda = length;
  for (let round = 0; round < 200; round++) {
    const [sin, cos] = [Math.sin(lambda), Math.cos(lambda)];
    const sinSigma = Math.hypot(cosU2 * sin, cosU1 * sinU2 - sinU1 * cosU2 * cos);
    if (sinSigma === 0) return 0;
    const cosSigma = sinU1 * sinU2 + cosU1 * cosU2 * cos;
    const sigma = Math.atan2(sinSigma, cosSigma);
    const sinAlpha = (cosU1 * cosU2 * sin) / sinSigma;
    const cosSqAlpha = 1 - sinAlpha ** 2;
    // Both points on the equator: cos²α is 0 and the term vanishes.
    const cos2Middle = cosSqAlpha === 0 ? 0 : cosSigma - (2 * sinU1 * sinU2) / cosSqAlpha;
    const c = (flattening / 16) * cosSqAlpha * (4 + flattening * (4 - 3 * cosSqAlpha));
    const bracket = cos2Middle + c * cosSigma * (2 * cos2Middle ** 2 - 1);
    const next = length + (1 - c) * flattening * sinAlpha * (sigma + c * sinSigma * bracket);
    if (Math.abs(next - lambda) < 1e-12) {
      return pole * arc({ sigma, sinSigma, cosSigma, cos2Middle, cosSqAlpha });
    }
    lambda = next;
  }
  return haversineDistance(from, to);
}

/** Haversine distance on a sphere of Earth's mean radius, m; error up to 0.5 %. */
export function haversineDistance(from: Place, to: Place): number {
  const [up, across] = [to.latitude - from.latitude, to.longitude - from.longitude];
  const chord =
    Math.sin((up * radians) / 2) ** 2 +
    Math.cos(from.latitude * radians) *
      Math.cos(to.latitude * radians) *
      Math.sin((across * radians) / 2) ** 2;
  return 2 * meanRadius * Math.asin(Math.sqrt(Math.min(1, chord)));
}

/** Sine and cosine of the reduced latitude. */
function reduced(latitude: number): [sin: number, cos: number] {
  const u = Math.atan((1 - flattening) * Math.tan(latitude * radians));
  return [Math.sin(u), Math.cos(u)];
}

interface Solved {
  readonly sigma: number;
  readonly sinSigma: number;
  readonly cosSigma: number;
  readonly cos2Middle: number;
  readonly cosSqAlpha: number;
}

/** Vincenty's equations 3, 4 and 6. */
function arc({ sigma, sinSigma, cosSigma, cos2Middle, cosSqAlpha }: Solved): number {
  const uSq = (cosSqAlpha * (equator ** 2 - pole ** 2)) / pole ** 2;
  const a = 1 + (uSq / 16_384) * (4096 + uSq * (-768 + uSq * (320 - 175 * uSq)));
  const b = (uSq / 1024) * (256 + uSq * (-128 + uSq * (74 - 47 * uSq)));
  const inner =
    cosSigma * (2 * cos2Middle ** 2 - 1) -
    (b / 6) * cos2Middle * (4 * sinSigma ** 2 - 3) * (4 * cos2Middle ** 2 - 3);
  return a * (sigma - b * sinSigma * (cos2Middle + (b / 4) * inner));
}
