import { UserError } from '../../../core/errors.ts';
import type { GeoReference, ImageHeader } from '../../raster/image-file.ts';
import { labelRasterText, maskFileText } from '../../../text/index.ts';

/** Offset of a mask on an image: pixel (0, 0) of the image is this pixel of the mask. */
export interface MaskOffset {
  readonly x: number;
  readonly y: number;
}

/** Tolerance in pixels: rounding by writers is far smaller, and half a pixel is another grid. */
const tolerance = 0.05;

/**
 * Places a label raster on an image with the same grid, wherever it begins and ends. Class values cannot be
 * interpolated, so rasters with another grid or coordinate system are refused.
 *
 * @throws UserError 'invalid-labels'
 */
export function placeRaster(
  image: Pick<ImageHeader, 'width' | 'height' | 'geo'>,
  mask: Pick<ImageHeader, 'width' | 'height' | 'geo'>,
  path: string,
): MaskOffset {
  if (image.geo === null || mask.geo === null) {
    requireSameSize(image, mask, path);
    return { x: 0, y: 0 };
  }
  requireSameCrs(image.geo, mask.geo, path);
  const toMask = toPixel(mask.geo.transform);
  const corners = [
    [0, 0],
    [image.width, 0],
    [0, image.height],
    [image.width, image.height],
  ] as const;
  const offsets = corners.map(([column, row]) => {
    const [x, y] = toMask(...toWorld(image.geo?.transform ?? [1, 0, 0, 0, 1, 0], column, row));
    return { x: x - column, y: y - row };
  });
  const [first = { x: NaN, y: NaN }] = offsets;
  const offset = { x: Math.round(first.x), y: Math.round(first.y) };
  const isAligned = offsets.every(
    ({ x, y }) => Math.abs(x - offset.x) < tolerance && Math.abs(y - offset.y) < tolerance,
  );
  if (!isAligned) {
    throw new UserError('invalid-labels', labelRasterText.otherGrid(path));
  }
  return offset;
}

/** Returns true if an image and a label raster share a pixel. */
export function areOverlapping(
  image: Pick<ImageHeader, 'width' | 'height'>,
  mask: Pick<ImageHeader, 'width' | 'height'>,
  { x, y }: MaskOffset,
): boolean {
  return x < mask.width && y < mask.height && x + image.width > 0 && y + image.height > 0;
}

/** @throws UserError 'invalid-labels' */
export function requireSameSize(
  image: { readonly width: number; readonly height: number },
  mask: { readonly width: number; readonly height: number },
  path: string,
): void {
  if (image.width === mask.width && image.height === mask.height) return;
  throw new UserError('invalid-labels', maskFileText.otherSize(path, mask, image));
}

function requireSameCrs(image: GeoReference, mask: GeoReference, path: string): void {
  if (image.crs === mask.crs || image.crs === null || mask.crs === null) return;
  throw new UserError(
    'invalid-labels',
    labelRasterText.otherSystem(path, { mask: nameOfCrs(mask.crs), image: nameOfCrs(image.crs) }),
  );
}

/** A code, or the name in its WKT. */
export function nameOfCrs(crs: string): string {
  return /^\w+\["([^"]+)"/.exec(crs)?.[1] ?? crs.slice(0, 80);
}

type Affine = GeoReference['transform'];

/** Converts pixel corners to coordinates. */
export function toWorld([a, b, c, d, e, f]: Affine, x: number, y: number): [number, number] {
  return [a * x + b * y + c, d * x + e * y + f];
}

/** Converts coordinates to pixel corners. */
export function toPixel([a, b, c, d, e, f]: Affine): (x: number, y: number) => [number, number] {
  const determinant = a * e - b * d;
  return (x, y) => [
    (e * (x - c) - b * (y - f)) / determinant,
    (a * (y - f) - d * (x - c)) / determinant,
  ];
}
