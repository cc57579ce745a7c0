import { z } from 'zod';
import { directionLetters } from '../core/image/directions.ts';
import { bytes } from './jobs.ts';
import { id } from './values.ts';

/**
 * Description of an image for a viewer: sizes, meaning of values, and tiles of stored values. Bands are counted from
 * 0 here. Nothing about a patient.
 */

const finite = z.number();
const band = z.int().min(0).max(65_535);
const size = z.int().positive();

const letter = z.enum(directionLetters);

const sampleType = z.enum([
  ...(['uint8', 'int8', 'uint16', 'int16', 'uint32', 'int32', 'float32', 'float64'] as const),
]);

/** Side of a tile, px; tiles at the right and lower edge are smaller. */
export const viewTileSide = 512;

const table = z.strictObject({
  first: finite,
  /** Number of entries, and their size: 8 or 16 bits. */
  values: z.custom<Uint8Array | Uint16Array>(
    (value) => value instanceof Uint8Array || value instanceof Uint16Array,
  ),
  bits: z.int().min(1).max(16),
});

export const viewedImage = z.strictObject({
  id,
  /** Path relative to the folder that it was imported from. */
  name: z.string(),
  format: z.enum(['png', 'jpeg', 'webp', 'bmp', 'tiff', 'dicom', 'nifti']),
  width: size,
  height: size,
  /** Levels, full resolution first; the last is one tile, or the smallest that the file has. */
  levels: z.array(z.strictObject({ width: size, height: size })).min(1),
  bands: size,
  sampleType,
  interpretation: z.enum(['grey', 'rgb', 'palette', 'bands']),
  /** Band that marks missing pixels (alpha). */
  alpha: band.nullable(),
  /** Stored value of missing pixels. */
  nodata: finite.nullable(),
  /** Display settings of the file; see `Display` in core/image/stored. */
  display: z.strictObject({
    rescale: z.strictObject({ slope: finite, intercept: finite }).nullable(),
    modalityTable: table.nullable(),
    windows: z.array(
      z.strictObject({
        center: finite,
        width: finite,
        shape: z.enum(['linear', 'linear-exact', 'sigmoid']),
        name: z.string().max(64).nullable(),
      }),
    ),
    voiTable: table.nullable(),
    isInverted: z.boolean(),
    /** Colours of the palette, (entries, 3), 8-bit RGB. */
    palette: bytes.nullable(),
    colours: z.array(z.int().nonnegative()).length(3).optional(),
    /** Unit of rescaled values. */
    unit: z.enum(['HU']).nullable(),
  }),
  /** Distance between the centres of neighbouring pixels. */
  spacing: z
    .strictObject({
      x: finite.positive(),
      y: finite.positive(),
      unit: z.enum(['mm', 'm', 'degree']),
    })
    .nullable(),
  /** Affine [a, b, c, d, e, f] from pixel corners to coordinates, and the name of their system. */
  geo: z
    .strictObject({ transform: z.array(finite).length(6), crs: z.string().max(10_000).nullable() })
    .nullable(),
  /** Side of the patient at each edge; null if the file does not state it. */
  edges: z
    .strictObject({
      left: letter,
      right: letter,
      top: letter,
      bottom: letter,
    })
    .nullable(),
  /** DICOM modality: CT, MR, US. */
  modality: z.string().max(16).nullable(),
  /** Id shared by the slices of one series or file; opaque; null if the image belongs to none. */
  series: z.string().max(64).nullable(),
  /** True if its frames follow each other in time and are not slices. */
  isFilm: z.boolean(),
  /** Notes about the file for the user. */
  notes: z.array(z.string()),
});
export type ViewedImage = z.infer<typeof viewedImage>;

export const tileRequest = z.strictObject({
  image: id,
  level: z.int().min(0).max(64),
  x: z
    .int()
    .min(0)
    .max(2 ** 22),
  y: z
    .int()
    .min(0)
    .max(2 ** 22),
  bands: z.array(band).min(1).max(4),
});

export const imageTile = z.strictObject({
  width: z.int().min(1).max(viewTileSide),
  height: z.int().min(1).max(viewTileSide),
  bands: z.int().min(1).max(4),
  sampleType,
  /** Stored values, (height, width, bands), in this computer's byte order. */
  values: bytes,
});
export type ImageTile = z.infer<typeof imageTile>;

export const statisticsRequest = z.strictObject({
  image: id,
  bands: z.array(band).min(1).max(4),
  /** Requested percentiles. */
  shares: z.array(z.number().min(0).max(100)).max(8),
  /** True for rescaled values (by the file's slope or table), false for stored values. */
  isRescaled: z.boolean(),
});

/** Statistics of the defined values of one band, over the pixels that a model's stretch is measured on. */
export const bandStatistics = z.strictObject({
  /** Values at the requested percentiles. */
  values: z.array(finite),
  least: finite,
  greatest: finite,
  /** Histogram from `least` to `greatest` in equal steps. */
  histogram: z.array(z.int().nonnegative()),
});
export type BandStatistics = z.infer<typeof bandStatistics>;
