import type { ViewedImage } from '../../contract/image-view.ts';
import type { Point } from './geometry.ts';
import { geodesicDistance, type Place } from './geodesic.ts';

/** A length, in the unit that the image is measured in. */
export interface Length {
  readonly value: number;
  readonly unit: 'mm' | 'm' | 'px';
}

type Measured = Pick<ViewedImage, 'spacing' | 'geo'>;

/**
 * How far two points of an image are from each other, as the file says how large its pixels are; in px
 * where it does not.
 *
 * @param from px of the full resolution
 */
export function distance(from: Point, to: Point, { spacing, geo }: Measured): Length {
  const [dx, dy] = [to.x - from.x, to.y - from.y];
  const here = placeOf(from, { spacing, geo });
  const there = placeOf(to, { spacing, geo });
  if (here !== null && there !== null) return { value: geodesicDistance(here, there), unit: 'm' };
  if (spacing === null || spacing.unit === 'degree')
    return { value: Math.hypot(dx, dy), unit: 'px' };
  return { value: Math.hypot(dx * spacing.x, dy * spacing.y), unit: spacing.unit };
}

/** Coordinates of a point in the image's system. */
export function coordinates({ x, y }: Point, { geo }: Pick<ViewedImage, 'geo'>): Point | null {
  if (geo === null) return null;
  const [a = 0, b = 0, c = 0, d = 0, e = 0, f = 0] = geo.transform;
  return { x: a * x + b * y + c, y: d * x + e * y + f };
}

/** Of a sphere as Web Mercator has it, m. */
const mercatorRadius = 6_378_137;

/** Longitude and latitude where the system tells them: in degrees, or in Web Mercator. */
function placeOf(point: Point, image: Measured): Place | null {
  const at = coordinates(point, image);
  if (at === null || image.geo === null) return null;
  if (image.geo.crs === 'EPSG:3857') {
    const up = Math.atan(Math.sinh(at.y / mercatorRadius));
    const degrees = 180 / Math.PI;
    return { longitude: (at.x / mercatorRadius) * degrees, latitude: up * degrees };
  }
  const { spacing } = image;
  if (spacing?.unit !== 'degree') return null;
  const [a = 0, , , d = 0] = image.geo.transform;
  // Some systems count in other angles; the spacing is in degrees always.
  const degrees = spacing.x / Math.hypot(a, d);
  const place = { longitude: at.x * degrees, latitude: at.y * degrees };
  return Math.abs(place.latitude) <= 90 ? place : null;
}

/** How much taller than wide a pixel is on the screen: as in the body; maps are shown as they are. */
export function aspectOf({ spacing }: Pick<ViewedImage, 'spacing'>): number {
  if (spacing?.unit !== 'mm') return 1;
  const aspect = spacing.y / spacing.x;
  // Beyond that something is wrong with the file, and nothing could be seen.
  return aspect > 1 / 32 && aspect < 32 ? aspect : 1;
}

const steps = [1, 2, 5] as const;

/** A bar of a round length: 1, 2 or 5 times a power of ten. */
export interface ScaleBar {
  /** CSS px. */
  readonly width: number;
  readonly length: Length;
}

/** The longest round bar within `most` CSS px; null where nothing is known of sizes. */
export function scaleBar(lengthOfPixel: Length, scale: number, most: number): ScaleBar | null {
  const { value, unit } = lengthOfPixel;
  const longest = (most / scale) * value;
  if (unit === 'px' || !Number.isFinite(longest) || longest <= 0) return null;
  const power = 10 ** Math.floor(Math.log10(longest));
  const step = steps.findLast((one) => one * power <= longest * (1 + 1e-9)) ?? 1;
  const length = step * power;
  return { width: (length / value) * scale, length: { value: length, unit } };
}

/** In the unit that one would say: `340 µm`, `12.4 mm`, `1.25 km`. */
export function writtenLength({ value, unit }: Length): { value: number; unit: string } {
  if (unit === 'px') return { value, unit };
  const metres = unit === 'mm' ? value / 1000 : value;
  if (unit === 'mm' && metres < 10) {
    return metres < 1e-3 && metres > 0 ? { value: metres * 1e6, unit: 'µm' } : { value, unit };
  }
  if (metres >= 1000) return { value: metres / 1000, unit: 'km' };
  if (metres >= 1 || metres === 0) return { value: metres, unit: 'm' };
  return metres >= 0.01
    ? { value: metres * 100, unit: 'cm' }
    : { value: metres * 1000, unit: 'mm' };
}
