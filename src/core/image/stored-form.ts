import type { Display, Interpretation, SampleType } from './stored.ts';

/** Intensities that become black and white. */
export type IntensityRange =
  /** Chosen by `rangeOf` from the kind of file. */
  | { readonly kind: 'auto' }
  /** Full range of the type: 8 bits stay as they are, 16 bits are divided by 257. */
  | { readonly kind: 'stored' }
  /** The file's own window or table, or else the image's own range. */
  | { readonly kind: 'file' }
  /**
   * Linear window of rescaled values (Hounsfield units in CT): integers by DICOM PS3.3 C.11.2.1.2.1, fractions by
   * C.11.2.1.3.2, from centre − width / 2 to centre + width / 2.
   */
  | { readonly kind: 'window'; readonly center: number; readonly width: number }
  /** Percentiles of each image and band that become black and white. */
  | { readonly kind: 'percentile'; readonly low: number; readonly high: number }
  /** Full range of each image and band, from its least value to its greatest. */
  | { readonly kind: 'full' };

/** Properties of the stored pixels, from the file's header. */
export interface StoredForm {
  readonly format: string;
  readonly bands: number;
  readonly sampleType: SampleType;
  readonly interpretation: Interpretation;
  /** Index of the band that marks missing pixels. */
  readonly alpha: number | null;
  readonly nodata: number | null;
  readonly display: Display;
}
