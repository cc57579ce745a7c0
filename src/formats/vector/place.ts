import type { GeoReference, ImageHeader, PixelSpacing } from '../raster/image-file.ts';

/** Location and pixel size of a mask, as far as the header of its image states them. */
export interface MaskPlace {
  readonly geo: GeoReference | null;
  readonly spacing: PixelSpacing | null;
}

/** Place of a mask without a known location or size. */
export const nowhere: MaskPlace = { geo: null, spacing: null };

export function placeOf({ geo, spacing }: ImageHeader): MaskPlace {
  return { geo, spacing };
}
