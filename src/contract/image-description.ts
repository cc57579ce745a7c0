import { z } from 'zod';

/** Statistics over all finite values of all frames and bands; null if there are none. */
const valueFigures = z.strictObject({
  min: z.number().nullable(),
  max: z.number().nullable(),
  mean: z.number().nullable(),
});

/** Description of an image file and its values; nothing about a patient. */
export const imageDescription = z.strictObject({
  format: z.enum(['png', 'jpeg', 'webp', 'bmp', 'tiff', 'dicom', 'nifti']),
  /** Width of a frame, px. */
  width: z.number(),
  height: z.number(),
  bands: z.number(),
  /** Name of each band; null for a band without a name, and for formats without band names. */
  bandNames: z.array(z.string().nullable()),
  /** Band that marks missing pixels (alpha), from 1. */
  alpha: z.number().nullable(),
  /** Number of pages, slices or time points. */
  frames: z.number(),
  /** Number type after decoding. */
  dtype: z.enum(['uint8', 'int8', 'uint16', 'int16', 'uint32', 'int32', 'float32', 'float64']),
  /**
   * Statistics of stored values. DICOM's luma and chroma are not converted to RGB first. NIfTI's slope and intercept
   * are part of how values are stored, so the figures include them.
   */
  ...valueFigures.shape,
  /** Number of infinite values, which the other figures leave out. */
  infinite: z.number(),
  crs: z.string().nullable(),
  /** Affine [a, b, c, d, e, f]: x = a·column + b·row + c, y = d·column + e·row + f. */
  transform: z.array(z.number()).length(6).nullable(),
  /** Strings for three numbers that JSON lacks; GDAL writes the same words. */
  nodata: z.union([z.number(), z.enum(['NaN', 'Infinity', '-Infinity'])]).nullable(),
  /** Distance between the centres of neighbouring pixels. */
  spacing: z
    .strictObject({ x: z.number(), y: z.number(), unit: z.enum(['mm', 'm', 'degree']) })
    .nullable(),
  /** Sizes of the levels, full resolution first. */
  levels: z.array(z.strictObject({ width: z.number(), height: z.number() })),
  interpretation: z.enum(['grey', 'rgb', 'palette', 'bands']),
  /** Default bands for a model, from 1: for red, green and blue, or a single one. */
  seen: z.array(z.number()),
  /** Stored value → meaning: slope · v + intercept. */
  rescale: z.strictObject({ slope: z.number(), intercept: z.number() }).nullable(),
  /** `min`, `max` and `mean` after `rescale`; null if there is none, and for NIfTI. */
  rescaled: valueFigures.nullable(),
  /** Windows in rescaled values; the first is the file's default. */
  windows: z.array(
    z.strictObject({
      center: z.number(),
      width: z.number(),
      shape: z.enum(['linear', 'linear-exact', 'sigmoid']),
      name: z.string().nullable(),
    }),
  ),
  /** Directions of a volume's axes, such as RAS; like the next two, null for other images. */
  orientation: z.string().nullable(),
  /** Length of each axis, and the distance of neighbours along it, as stated in the file. */
  shape: z.array(z.number()).nullable(),
  zooms: z.array(z.number()).nullable(),
  notes: z.array(z.string()),
});
export type ImageDescription = z.infer<typeof imageDescription>;
