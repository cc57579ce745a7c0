import type { ImageDirections } from '../../core/image/directions.ts';
import type { Display, Interpretation, Pixels, SampleType } from '../../core/image/stored.ts';

export { plainDisplay } from '../../core/image/stored.ts';
export type {
  Display,
  IntensityWindow,
  Interpretation,
  LookupTable,
  Pixels,
  Samples,
  SampleType,
} from '../../core/image/stored.ts';

/**
 * Common form of images in every format: a description of the file, and access to its stored values by frame, level and
 * region, so that a file larger than memory can be read. Readers decode and decompress; they do not stretch, window or
 * convert to eight bits. How values are prepared for a model or for display is decided elsewhere and shown to the user.
 */

export type ImageFormat = 'png' | 'jpeg' | 'webp' | 'bmp' | 'tiff' | 'dicom' | 'nifti';

/** Size of an image or of one of its reduced copies (overviews, pyramid levels), px. */
export interface Level {
  readonly width: number;
  readonly height: number;
}

/** Distance between the centres of neighbouring pixels, along a row (x) and down a column (y). */
export interface PixelSpacing {
  readonly x: number;
  readonly y: number;
  readonly unit: 'mm' | 'm' | 'degree';
}

/** Georeference of a raster. */
export interface GeoReference {
  /**
   * Affine from pixel corners to coordinates: x = a·column + b·row + c, y = d·column + e·row + f, in the
   * order [a, b, c, d, e, f] (as rasterio's `transform`).
   */
  readonly transform: readonly [number, number, number, number, number, number];
  /** `EPSG:n` if the file has a code, else the file's own description (WKT, a citation); null: none. */
  readonly crs: string | null;
}

/**
 * Identifiers that link images, as in the file. Kept only in memory: they are hashed before they are stored. No name,
 * date or other text of a patient, except for the number.
 */
export interface Grouping {
  readonly patient: string | null;
  /** SHA-256 of the patient's name and date of birth, hexadecimal; null if the file lacks either. */
  readonly person: string | null;
  readonly study: string | null;
  readonly series: string | null;
  /** Order within a series: position along the slice normal in mm, else the instance number. */
  readonly position: number | null;
}

export interface ImageHeader {
  readonly format: ImageFormat;
  /** Width of a frame at full resolution, px, upright if the file states its orientation (EXIF). */
  readonly width: number;
  readonly height: number;
  readonly bands: number;
  /** Names of the bands, empty for those without one, if the format has names. */
  readonly bandNames?: readonly string[];
  /** Pages, slices or time points; 1 for plain images. */
  readonly frames: number;
  readonly sampleType: SampleType;
  readonly interpretation: Interpretation;
  /** Index of the band that marks missing pixels (alpha), or null. It is among `bands`. */
  readonly alpha: number | null;
  /** Stored value that means "no data"; readers do not apply it. Null if there is none or it is out of range. */
  readonly nodata: number | null;
  /** Full resolution first, then smaller. */
  readonly levels: readonly Level[];
  readonly spacing: PixelSpacing | null;
  readonly geo: GeoReference | null;
  readonly display: Display;
  /** Directions of rows and columns of every frame in the patient, if the file states them. */
  readonly directions?: ImageDirections | null;
  /** DICOM modality: CT, MR, US. */
  readonly modality?: string | null;
  /** True if its frames follow each other in time and are not slices of a volume. */
  readonly isFilm?: boolean;
  readonly grouping: Grouping | null;
  /** Scheme of lossy compression; absent if values are unchanged. */
  readonly lossy?: string | undefined;
  /** Notes on the file for the user, as sentences (such as "the last frame is cut short"). */
  readonly notes: readonly string[];
}

export interface ReadRequest {
  /** Frame, from 0. */
  readonly frame?: number;
  /** Index into `levels`, 0 by default. */
  readonly level?: number;
  /** Region in px of that level; the whole level by default. It must be inside the level. */
  readonly region?: {
    readonly x: number;
    readonly y: number;
    readonly width: number;
    readonly height: number;
  };
  /** Bands in this order; all by default. */
  readonly bands?: readonly number[];
  /**
   * `stored`: colours stored as luma and chromas are returned as such, with a note in the header from then on. Only
   * DICOM has such colours; by default all colours are returned as RGB.
   */
  readonly colours?: 'rgb' | 'stored';
  readonly signal?: AbortSignal | undefined;
}

/** An open file. Reads may overlap in time; `close` ends them. */
export interface ImageFile {
  readonly path: string;
  readonly header: ImageHeader;
  /**
   * @throws UserError 'invalid-file' (damaged there), 'too-large', 'disk', 'cancelled'; RangeError for a frame, level,
   * band or region that does not exist
   */
  read(request?: ReadRequest): Promise<Pixels>;
  /**
   * Returns a small picture of the stored values, as JPEG, only for display; absent unless the decoder makes one faster
   * than it reads all. Damage is detected as by `read`.
   *
   * @param side maximum of both sides, px
   * @param quality 1–100
   * @throws UserError as `read`
   */
  sketch?(side: number, quality: number): Promise<Buffer>;
  close(): Promise<void>;
}

/** Limits that every reader keeps, so that a hostile file causes an error message instead of exhausting memory. */
export interface ReadLimits {
  /** Decoded bytes of one `read`. */
  readonly bytes: number;
  /** Pixels of one frame if the format can only be decoded whole. */
  readonly pixels: number;
  /** Memory for decoding such a frame, including the decoder's own, bytes. */
  readonly whole: number;
  readonly bands: number;
  readonly frames: number;
}

export const defaultLimits: ReadLimits = {
  bytes: 2 ** 31 - 1,
  pixels: 400_000_000,
  whole: 2 ** 30,
  bands: 4096,
  frames: 100_000,
};

/**
 * Opens a file of one format. The header is read, pixels are not (unless a format must be decoded to find its size).
 *
 * @throws UserError 'not-found', 'disk', 'invalid-file', 'unsupported' (naming the feature and the reason), 'too-large'
 */
export type OpenImage = (path: string, limits: ReadLimits) => Promise<ImageFile>;
