/** Images as stored in files, before any choice of what a model or a viewer shows of them. */

/** Type of a value in memory after decoding. One-bit and 12-bit files are decoded to the next larger type. */
export type SampleType =
  | 'uint8'
  | 'int8'
  | 'uint16'
  | 'int16'
  | 'uint32'
  | 'int32'
  | 'float32'
  | 'float64';

export type Samples =
  | Uint8Array<ArrayBuffer>
  | Int8Array<ArrayBuffer>
  | Uint16Array<ArrayBuffer>
  | Int16Array<ArrayBuffer>
  | Uint32Array<ArrayBuffer>
  | Int32Array<ArrayBuffer>
  | Float32Array<ArrayBuffer>
  | Float64Array<ArrayBuffer>;

/** The typed array for values of a type. */
export const sampleArrays = {
  uint8: Uint8Array,
  int8: Int8Array,
  uint16: Uint16Array,
  int16: Int16Array,
  uint32: Uint32Array,
  int32: Int32Array,
  float32: Float32Array,
  float64: Float64Array,
} as const satisfies Record<SampleType, unknown>;

/**
 * Meaning of the bands. `grey`: one band of intensities. `rgb`: the first three are red, green and blue.
 * `palette`: one band of indices into `display.palette`. `bands`: all others, such as spectral bands.
 */
export type Interpretation = 'grey' | 'rgb' | 'palette' | 'bands';

/** Window of intensities, in rescaled values (DICOM PS3.3 C.11.2). */
export interface IntensityWindow {
  readonly center: number;
  readonly width: number;
  readonly shape: 'linear' | 'linear-exact' | 'sigmoid';
  readonly name: string | null;
}

/** Lookup table from rescaled values to intensities; entry 0 is for values up to `first`. */
export interface LookupTable {
  readonly first: number;
  readonly values: Uint8Array | Uint16Array;
  /** Number of bits of an entry. */
  readonly bits: number;
}

/** Display settings in the file; readers leave values as stored. */
export interface Display {
  /** Stored value → meaning: slope · v + intercept (DICOM modality rescale, NIfTI scl_slope and scl_inter). */
  readonly rescale: { readonly slope: number; readonly intercept: number } | null;
  /** Table that replaces `rescale`, if the file has one. */
  readonly modalityTable: LookupTable | null;
  /** Windows in the file's order; the first is its default. */
  readonly windows: readonly IntensityWindow[];
  /** Table that takes precedence over `windows`. */
  readonly voiTable: LookupTable | null;
  /** True if small values are bright (MONOCHROME1, WhiteIsZero). */
  readonly isInverted: boolean;
  /** RGB of each index in 8 bits, (256 or more, 3); for `palette` only. */
  readonly palette: Uint8Array | null;
  /** Indices of the bands that are red, green and blue by name or by a guess, if there are others too; from 0. */
  readonly colours?: readonly number[] | undefined;
  /** Unit of rescaled values, if the format has one: Hounsfield units. */
  readonly unit?: 'HU' | undefined;
}

/** Decoded values, interleaved: (height, width, bands), row by row from the top left. */
export interface Pixels {
  readonly width: number;
  readonly height: number;
  readonly bands: number;
  readonly data: Samples;
}

/** Display settings of a file without any: values are shown over their whole range. */
export const plainDisplay: Display = {
  rescale: null,
  modalityTable: null,
  windows: [],
  voiTable: null,
  isInverted: false,
  palette: null,
};
