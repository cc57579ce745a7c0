import type { Size } from '../../core/mask/tiles.ts';

/**
 * One form for masks of every format, read tile by tile (see core/mask/tiles), whether they come from a
 * label file or from the workspace: whoever imports, exports or shows masks needs no other.
 */

/** A class as a mask names it. */
export interface MaskClass {
  /** In the mask, [1, 254]. */
  readonly value: number;
  /** Null where the format gives numbers alone. */
  readonly name: string | null;
  /** sRGB, `#rrggbb`; null where the format has none. */
  readonly colour: string | null;
}

export interface MaskRaster extends Size {
  /** Those that the format names, whether or not a pixel has them; without 0 and 255. */
  readonly classes: readonly MaskClass[];
  /**
   * `tilePixels` values of the tile in column x and row y, 0 beyond the mask's edge; null: all 0. What
   * was returned may be kept.
   */
  tile(x: number, y: number): Promise<Uint8Array | null>;
}
