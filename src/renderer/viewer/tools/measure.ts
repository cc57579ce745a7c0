import type { ViewedImage } from '../../../contract/image-view.ts';
import type { Point } from './geometry.ts';
import { geodesicDistance, type Place } from './geodesic.ts';

/** Length in the image's unit. */
export interface Length {
  readonly value: number;
  readonly unit: 'mm' | 'm' | 'px';
}

type Measured = Pick<ViewedImage, 'spacing' | 'geo'>;

/**
 * Distance between two points of an image, by the file's pixel spacing; in px if the file has none.
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

/** Coordinates of a point in the image's coordinate reference system. */
export function coordinates({ x, y }: Point, { geo }: Pick<ViewedImage, 'geo'>): Point | null {
  if (geo === null) return null;
  const [a = 0, b = 0, c = 0, d = 0, e = 0, f = 0] = geo.transform;
  return { x: a * x + b * y + c, y: d * x + e * y + f };
}

/** Radius of the sphere of Web Mercator, m. */
const mercatorRadius = 6_378_137;

/** Longitude and latitude of a point, for systems in degrees and Web Mercator; null for others. */
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
  // Some systems use other angular units; the spacing is always in degrees.
  const degrees = spacing.x / Math.hypot(a, d);
  const place = { longitude: at.x * degrees, latitude: at.y * degrees };
  return Math.abs(place.latitude) <= 90 ? place : null;
}

/** Height of a displayed pixel divided by its width: the physical aspect in mm, 1 for maps and unknown spacing. */
export function aspectOf({ spacing }: Pick<ViewedImage, 'spacing'>): number {
  if (spacing?.unit !== 'mm') return 1;
  const aspect = spacing.y / spacing.x;
  // A larger ratio is an error of the file and would make the image unreadable.
  return aspect > 1 / 32 && aspect < 32 ? aspect : 1;
}

const steps = [1, 2, 5] as const;

/** Scale bar, whose length is 1, 2 or 5 times a power of ten. */
export interface ScaleBar {
  /** Width on screen, CSS px. */
  readonly width: number;
  readonly length: Length;
}

/** Longest scale bar within `most` CSS px; null if the pixel size is unknown. */
export function scaleBar(lengthOfPixel: Length, scale: number, most: number): ScaleBar | null {
  const { value, unit } = lengthOfPixel;
  const longest = (most / scale) * value;
  if (unit === 'px' || !Number.isFinite(longest) || longest <= 0) return null;
  const power = 10 ** Math.floor(Math.log10(longest));
  const step = steps.findLast((one) => one * power <= longest * (1 + 1e-9)) ?? 1;
  const length = step * power;
  return { width: (length / value) * scale, length: { value: length, unit } };
}

/** Converts a length to a readable unit: `340 µm`, `12.4 mm`, `1.25 km`. */
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
