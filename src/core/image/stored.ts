/** Images as files hold them, before anything is decided about what a model or an eye sees of them. */

/** How one value is kept in memory after decoding. One-bit and 12-bit files come as the next larger type. */
export type SampleType =
  'uint8' | 'int8' | 'uint16' | 'int16' | 'uint32' | 'int32' | 'float32' | 'float64';

export type Samples =
  | Uint8Array<ArrayBuffer>
  | Int8Array<ArrayBuffer>
  | Uint16Array<ArrayBuffer>
  | Int16Array<ArrayBuffer>
  | Uint32Array<ArrayBuffer>
  | Int32Array<ArrayBuffer>
  | Float32Array<ArrayBuffer>
  | Float64Array<ArrayBuffer>;

/**
 * What the bands are. `grey`: one band of intensities. `rgb`: the first three are red, green and blue.
 * `palette`: one band of indices into `display.palette`. `bands`: anything else, such as spectral bands.
 */
export type Interpretation = 'grey' | 'rgb' | 'palette' | 'bands';

/** A window of intensities, in rescaled values (DICOM PS3.3 C.11.2). */
export interface IntensityWindow {
  readonly center: number;
  readonly width: number;
  readonly shape: 'linear' | 'linear-exact' | 'sigmoid';
  readonly name: string | null;
}

/** A lookup table from rescaled values to intensities; entry 0 is for values up to `first`. */
export interface LookupTable {
  readonly first: number;
  readonly values: Uint8Array | Uint16Array;
  /** Of an entry. */
  readonly bits: number;
}

/** How the file asks to be shown; readers leave values as stored. */
export interface Display {
  /** Stored value → meaning: slope · v + intercept (DICOM modality rescale, NIfTI scl_slope and scl_inter). */
  readonly rescale: { readonly slope: number; readonly intercept: number } | null;
  /** In place of `rescale` where the file has a table. */
  readonly modalityTable: LookupTable | null;
  /** In the file's order; the first is its default. */
  readonly windows: readonly IntensityWindow[];
  /** Comes before `windows`. */
  readonly voiTable: LookupTable | null;
  /** Small values are bright (MONOCHROME1, WhiteIsZero). */
  readonly isInverted: boolean;
  /** (256 or more, 3) RGB of each index, 8 bits; for `palette` alone. */
  readonly palette: Uint8Array | null;
  /** Bands that are red, green and blue by their names, or by a guess, where there are others too: from 0. */
  readonly colours?: readonly number[] | undefined;
  /** Of rescaled values, where the format has one: Hounsfield units. */
  readonly unit?: 'HU';
}

/** Decoded values, interleaved: (height, width, bands), row by row from the top left. */
export interface Pixels {
  readonly width: number;
  readonly height: number;
  readonly bands: number;
  readonly data: Samples;
}

/** Nothing asked for: values are shown over their whole range. */
export const plainDisplay: Display = {
  rescale: null,
  modalityTable: null,
  windows: [],
  voiTable: null,
  isInverted: false,
  palette: null,
};
