import type { Display, Interpretation, SampleType } from './stored.ts';

/** Which intensities become black and white. */
export type IntensityRange =
  /** As `rangeOf` decides by the kind of file. */
  | { readonly kind: 'auto' }
  /** The whole range of the type: 8 bits stay as they are, 16 bits are divided by 257. */
  | { readonly kind: 'stored' }
  /** The file's own window or table; the image's own range where it has none. */
  | { readonly kind: 'file' }
  /**
   * Of rescaled values (Hounsfield units in CT), linear: whole numbers by DICOM PS3.3 C.11.2.1.2.1, fractions by
   * C.11.2.1.3.2, from centre − width / 2 to centre + width / 2.
   */
  | { readonly kind: 'window'; readonly center: number; readonly width: number }
  /** Of each image and band: shares in percent that become black and white at most. */
  | { readonly kind: 'percentile'; readonly low: number; readonly high: number }
  /** From each image's and band's least value to its greatest. */
  | { readonly kind: 'full' };

/** What a file says of its pixels. */
export interface StoredForm {
  readonly format: string;
  readonly bands: number;
  readonly sampleType: SampleType;
  readonly interpretation: Interpretation;
  /** Index of the band that says where there is nothing. */
  readonly alpha: number | null;
  readonly nodata: number | null;
  readonly display: Display;
}
