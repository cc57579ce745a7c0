import { viewTileSide, type ViewedImage } from '../../contract/image-view.ts';
import { rescaled } from '../../core/image/intensity.ts';
import type { Point } from './tools/geometry.ts';
import type { Picture } from './image-layer.ts';
import { coordinates } from './tools/measure.ts';
import type { ByteCache } from '../../core/byte-cache.ts';
import { wantedTileKey } from './tiles/tile-loader.ts';
import type { TileValues } from './tiles/tile-values.ts';

/** Values and position of the pixel under the pointer. */
export interface Reading {
  readonly column: number;
  readonly row: number;
  /** Stored values, one per shown band; null while they are not loaded. */
  readonly stored: readonly number[] | null;
  /** Rescaled value, such as Hounsfield units; null if stored values are not rescaled. */
  readonly meaning: number | null;
  /** True if the values are means of several pixels, from a coarser level. */
  readonly isMean: boolean;
  readonly place:
    | { readonly kind: 'coordinates'; readonly at: Point; readonly isDegrees: boolean }
    | { readonly kind: 'mm'; readonly at: Point }
    | null;
}

/** Reading at a point, px of the image; null outside of the image. */
export function readingAt(
  at: Point,
  picture: Picture,
  values: ByteCache<TileValues>,
): Reading | null {
  const { image } = picture;
  const [column, row] = [Math.floor(at.x), Math.floor(at.y)];
  if (column < 0 || row < 0 || column >= image.width || row >= image.height) return null;
  const found = valuesAt({ x: column, y: row }, picture, values);
  const [first] = found?.stored ?? [];
  return {
    column,
    row,
    stored: found?.stored ?? null,
    meaning: first === undefined ? null : meaningOf(first, image),
    isMean: (found?.level ?? 0) > 0,
    place: placeOf({ x: column, y: row }, at, image),
  };
}

/** Stored values of a pixel at the finest loaded level; null if none is loaded. */
function valuesAt(
  pixel: Point,
  { image, bands }: Picture,
  values: ByteCache<TileValues>,
): { stored: number[]; level: number } | null {
  for (const [level, size] of image.levels.entries()) {
    const x = Math.floor((pixel.x * size.width) / image.width);
    const y = Math.floor((pixel.y * size.height) / image.height);
    const place = { level, x: Math.floor(x / viewTileSide), y: Math.floor(y / viewTileSide) };
    const tile = values.get(wantedTileKey({ ...place, image: image.id, bands }));
    if (tile === undefined) continue;
    const from = ((y % viewTileSide) * tile.width + (x % viewTileSide)) * tile.bands;
    // The alpha band is not read out.
    const count = Math.min(tile.bands, image.alpha === null ? 4 : bands.length);
    return { stored: [...tile.data.subarray(from, from + count)], level };
  }
  return null;
}

function meaningOf(stored: number, { display, interpretation }: ViewedImage): number | null {
  const { rescale, modalityTable } = display;
  if (interpretation === 'rgb' || interpretation === 'palette') return null;
  const isPlain = rescale === null || (rescale.slope === 1 && rescale.intercept === 0);
  if (modalityTable === null && isPlain) return null;
  return rescaled(Float64Array.of(stored), { rescale, modalityTable })[0] ?? null;
}

function placeOf(pixel: Point, at: Point, image: ViewedImage): Reading['place'] {
  // Coordinates of the pixel's centre.
  const coordinate = coordinates({ x: pixel.x + 0.5, y: pixel.y + 0.5 }, image);
  const { spacing } = image;
  if (coordinate !== null) {
    return { kind: 'coordinates', at: coordinate, isDegrees: spacing?.unit === 'degree' };
  }
  if (spacing?.unit !== 'mm') return null;
  return { kind: 'mm', at: { x: at.x * spacing.x, y: at.y * spacing.y } };
}
