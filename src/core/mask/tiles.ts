/**
 * A mask says for every pixel of an image which class it shows, in tiles, so that a mosaic of 20,000 px a
 * side need not be in memory and saving a stroke writes only what it touched.
 *
 * Values: 0 background, 1 to 254 a class of the project, 255 nothing is known here and nothing is to be
 * learnt (as in PASCAL VOC). A tile is 512 × 512 values, row by row; at the image's right and lower edge
 * the rest of it is 0. A tile that is not there is background.
 */

/** px */
export const tileSide = 512;
export const tilePixels = tileSide * tileSide;

export const backgroundValue = 0;
export const ignoreValue = 255;
/** Values of classes lie in [1, this]. */
export const lastClassValue = 254;

/** Column and row of a tile, from 0. */
export interface TilePlace {
  readonly x: number;
  readonly y: number;
}

export interface MaskTile extends TilePlace {
  /** `tilePixels` values. */
  readonly pixels: Uint8Array;
}

export interface Size {
  /** px */
  readonly width: number;
  readonly height: number;
}

/** In px of the image; the right and lower edge are not in it. */
export interface Rectangle extends Size {
  readonly x: number;
  readonly y: number;
}

/** px; larger images are not taken in, so that a strip of tiles of any mask fits into memory. */
export const largestSide = 2 ** 20;
/** Pixels of the largest image that is taken in: 262,144 px a side. */
export const largestArea = 2 ** 36;

/** Whether an image may have this size, in whole px. */
export function isImageSize({ width, height }: Size): boolean {
  const isSide = (side: number): boolean =>
    Number.isInteger(side) && side > 0 && side <= largestSide;
  return isSide(width) && isSide(height) && width * height <= largestArea;
}

/** How many tiles an image has across and down. */
export function tileCounts({ width, height }: Size): { columns: number; rows: number } {
  return { columns: Math.ceil(width / tileSide), rows: Math.ceil(height / tileSide) };
}

/** What of a tile lies in the image, in px of the tile; its corner is the tile's. */
export function tileExtent({ x, y }: TilePlace, image: Size): Size {
  return {
    width: Math.max(0, Math.min(tileSide, image.width - x * tileSide)),
    height: Math.max(0, Math.min(tileSide, image.height - y * tileSide)),
  };
}

/** The tiles that a rectangle touches, row by row; what of it lies outside the image touches none. */
export function tilesIn(rectangle: Rectangle, image: Size): TilePlace[] {
  const left = Math.max(0, rectangle.x);
  const top = Math.max(0, rectangle.y);
  const right = Math.min(image.width, rectangle.x + rectangle.width);
  const bottom = Math.min(image.height, rectangle.y + rectangle.height);
  const places: TilePlace[] = [];
  if (right <= left || bottom <= top) return places;
  for (let y = Math.floor(top / tileSide); y * tileSide < bottom; y++) {
    for (let x = Math.floor(left / tileSide); x * tileSide < right; x++) places.push({ x, y });
  }
  return places;
}

/**
 * A quarter of the pixels: of each square of four the first value that is not background, so that what is
 * thin can still be seen from afar. `pixels` of `side` × `side`, which is even.
 */
export function halve(pixels: Uint8Array, side: number): Uint8Array {
  return halveArea(pixels, side, side);
}

/** As `halve`, of `width` × `height`, which are even. */
export function halveArea(pixels: Uint8Array, width: number, height: number): Uint8Array {
  const half = width / 2;
  const out = new Uint8Array(half * (height / 2));
  for (let row = 0; row < height / 2; row++) {
    for (let column = 0; column < half; column++) {
      const at = 2 * row * width + 2 * column;
      out[row * half + column] = firstMarked(
        pixels[at],
        pixels[at + 1],
        pixels[at + width],
        pixels[at + width + 1],
      );
    }
  }
  return out;
}

function firstMarked(a = 0, b = 0, c = 0, d = 0): number {
  if (a !== 0) return a;
  if (b !== 0) return b;
  return c !== 0 ? c : d;
}
