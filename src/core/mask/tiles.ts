/**
 * Mask tiles. A mask gives the class of every pixel of an image, stored in tiles, so that a mosaic of 20,000 px per
 * side need not be in memory and saving a stroke writes only the tiles that it changed.
 *
 * Values: 0 background, 1 to 254 classes of the project, 255 unknown, which is not learnt from
 * (as in PASCAL VOC). A tile is 512 × 512 values, row by row; beyond the image's right and lower edge
 * its values are 0. A missing tile is background.
 */

/** Side of a tile, px. */
export const tileSide = 512;
export const tilePixels = tileSide * tileSide;

export const backgroundValue = 0;
export const ignoreValue = 255;
/** Largest value of a class; the smallest is 1. */
export const lastClassValue = 254;

/** Column and row of a tile, from 0. */
export interface TilePlace {
  readonly x: number;
  readonly y: number;
}

export interface MaskTile extends TilePlace {
  /** Values, `tilePixels` of them. */
  readonly pixels: Uint8Array;
}

export interface Size {
  /** Width, px. */
  readonly width: number;
  readonly height: number;
}

/** Rectangle in px of the image; the right and lower edge are exclusive. */
export interface Rectangle extends Size {
  readonly x: number;
  readonly y: number;
}

/** Largest side of an image that can be imported, px, so that a row of tiles of any mask fits into memory. */
export const largestSide = 2 ** 20;
/** Pixels of the largest image that can be imported: 262,144 px per side. */
export const largestArea = 2 ** 36;

/** True if an image may have this size, in whole px. */
export function isImageSize({ width, height }: Size): boolean {
  const isSide = (side: number): boolean =>
    Number.isInteger(side) && side > 0 && side <= largestSide;
  return isSide(width) && isSide(height) && width * height <= largestArea;
}

/** Number of tiles across and down an image. */
export function tileCounts({ width, height }: Size): { columns: number; rows: number } {
  return { columns: Math.ceil(width / tileSide), rows: Math.ceil(height / tileSide) };
}

/** Part of a tile that is inside the image, in px of the tile; it begins at the tile's corner. */
export function tileExtent({ x, y }: TilePlace, image: Size): Size {
  return {
    width: Math.max(0, Math.min(tileSide, image.width - x * tileSide)),
    height: Math.max(0, Math.min(tileSide, image.height - y * tileSide)),
  };
}

/** Tiles that the part of a rectangle inside the image touches, row by row. */
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
 * Shrinks a mask to a quarter of its pixels: of each square of four the first value that is not background, so that
 * thin structures stay visible from afar. `pixels` of `side` × `side`, which is even.
 */
export function halveTile(pixels: Uint8Array, side: number): Uint8Array {
  return halveArea(pixels, side, side);
}

/** Shrinks as `halveTile` does, for `width` × `height`, which are even. */
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
