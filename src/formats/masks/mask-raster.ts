import type { Size } from '../../core/mask/tiles.ts';

/**
 * Common form of masks in every format, read tile by tile (see core/mask/tiles), whether they come from a label file
 * or from the workspace: import, export and display need no other.
 */

/** A class as a mask names it. */
export interface MaskClass {
  /** Value in the mask, [1, 254]. */
  readonly value: number;
  /** Null if the format gives only numbers. */
  readonly name: string | null;
  /** sRGB, `#rrggbb`; null if the format has no colours. */
  readonly colour: string | null;
}

export interface MaskRaster extends Size {
  /** Classes that the format names, whether or not a pixel has them; without 0 and 255. */
  readonly classes: readonly MaskClass[];
  /**
   * `tilePixels` values of the tile in column x and row y, 0 beyond the mask's edge; null: all 0. The
   * caller may keep it.
   */
  tile(x: number, y: number): Promise<Uint8Array | null>;
}
