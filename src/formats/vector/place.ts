import type { GeoReference, ImageHeader, PixelSpacing } from '../raster/image-file.ts';

/** What is known of where a mask lies and how large its pixels are: as the header of its image has it. */
export interface MaskPlace {
  readonly geo: GeoReference | null;
  readonly spacing: PixelSpacing | null;
}

/** Of a mask of which nothing is known. */
export const nowhere: MaskPlace = { geo: null, spacing: null };

export function placeOf({ geo, spacing }: ImageHeader): MaskPlace {
  return { geo, spacing };
}
