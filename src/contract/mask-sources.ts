import { z } from 'zod';
import { bytes } from './jobs.ts';
import { maskClassValue, maskState } from './masks.ts';
import { path } from './values.ts';

/** Sources of masks for images, as they cross processes. */

/**
 * Kind of a source. `masks`: a folder of masks next to one of images; `beside`: masks among the images, recognised by
 * name and content; `dicom-seg`: segmentations among the DICOM files of a folder; `nifti`: a label map of a DICOM
 * series; `geojson` and `gpkg`: one file or all files of a folder; `file`: one that the user chose, recognised by
 * content. All other kinds are single files.
 */
const maskSourceKind = z.enum([
  'masks',
  'beside',
  'dicom-seg',
  'coco',
  'cvat',
  'geojson',
  'gpkg',
  'geotiff',
  'nifti',
  'file',
]);
export type MaskSourceKind = z.infer<typeof maskSourceKind>;

export const maskSourcePlace = z.strictObject({
  kind: maskSourceKind,
  /** Absolute path; the folder of images for sources that are not one file. */
  path,
  /** Property of polygons that names the class; null if not chosen or for other kinds. */
  property: z.string().max(200).nullable().default(null),
});
export type MaskSourcePlace = z.infer<typeof maskSourcePlace>;

export const foundMaskSource = z.strictObject({
  kind: maskSourceKind,
  path: z.string(),
  /** Number of masks, segmentations or polygon files in a folder; 1 for a file. */
  files: z.int().positive(),
});
export type FoundMaskSource = z.infer<typeof foundMaskSource>;

/** A class of a source; it has at least one of name, number and colour. */
const sourceClass = z.strictObject({
  /** Value that stands for the class when classes are assigned. */
  value: maskClassValue,
  name: z.string().nullable(),
  /** Number of the class in the file. */
  number: z.int().nullable(),
  colour: z
    .string()
    .regex(/^#[0-9a-f]{6}$/)
    .nullable(),
  /**
   * Number of images, segments or shapes with the class, as the kind of source counts; null if not counted.
   */
  count: z.int().nonnegative().nullable(),
});
export type SourceClass = z.infer<typeof sourceClass>;

/** A number or colour that mask files store; both are absent for nodata pixels. */
const storedValue = z.strictObject({
  number: z.int().nullable(),
  colour: z
    .string()
    .regex(/^#[0-9a-f]{6}$/)
    .nullable(),
  /** Meaning of the value: 0 background, 255 unknown, else the value of a `sourceClass`. */
  value: z.int().min(0).max(255),
  /** Share of the pixels of all masks, in (0, 1]. */
  share: z.number().min(0).max(1),
  /** Number of masks that have it. */
  masks: z.int().positive(),
});
export type StoredValue = z.infer<typeof storedValue>;

/** An image with its mask, made smaller. */
export const maskPreview = z.strictObject({
  /** Index among the images that have a mask, from 0, and the number of these. */
  index: z.int().nonnegative(),
  total: z.int().positive(),
  name: z.string(),
  /** JPEG or WebP, with the mask's aspect ratio. */
  picture: bytes,
  /** Size of `values`, px. */
  width: z.int().positive(),
  height: z.int().positive(),
  /** Mask, (height, width), with the values of `sourceClass`; 0 background, 255 unknown. */
  values: bytes,
});
export type MaskPreview = z.infer<typeof maskPreview>;

/** Use of a stored mask value in an import. */
export const maskValueUse = z.strictObject({
  /** Stored number or colour, with its name from a list of classes. */
  value: z.string(),
  /** Share of the pixels of all masks. */
  share: z.number().min(0).max(1),
  /** Name of a class, `background`, or `ignored: nothing known`. */
  becomes: z.string(),
});
export type MaskValueUse = z.infer<typeof maskValueUse>;

/** Contents of a mask source, as far as they were read. */
export const maskSourceContents = z.strictObject({
  kind: maskSourceKind,
  /** Number of files of the folder for which it has masks. */
  images: z.int().nonnegative(),
  classes: z.array(sourceClass).max(254),
  /** Values that mask files store, the most frequent first; empty for outlines and segments. */
  values: z.array(storedValue),
  /** Properties of polygons that may name the class, with how many different values; else empty. */
  properties: z.array(z.strictObject({ name: z.string(), values: z.int().positive() })),
  property: z.string().nullable(),
  /** First files that do not fit or cannot be read. */
  problems: z.array(z.strictObject({ path: z.string(), reason: z.string() })),
  problemCount: z.int().nonnegative(),
  /** True if the source covers everything in an image. */
  isComplete: z.boolean(),
  /** True if the project already has masks, which an import may affect. */
  hasMasks: z.boolean(),
});
export type MaskSourceContents = z.infer<typeof maskSourceContents>;

/** Target of a class of the source. */
const classTarget = z.union([
  z.strictObject({ class: z.int().positive() }),
  z.strictObject({ create: z.string().trim().min(1).max(200) }),
  /** Non-class targets: background, or unknown pixels. */
  z.enum(['background', 'ignore']),
]);
export type ClassTarget = z.infer<typeof classTarget>;

/** Import of masks into a project, after the user has seen a preview. */
export const maskImport = z.strictObject({
  source: maskSourcePlace,
  classes: z.array(z.strictObject({ value: maskClassValue, to: classTarget })).max(254),
  /** Action if an image already has a mask of the user. */
  onConflict: z.enum(['keep', 'replace']).default('keep'),
  state: maskState,
});
export type MaskImport = z.infer<typeof maskImport>;

/** Import of masks through a watched folder, with the choices of its first import. */
export const watchedMasks = maskImport.extend({
  /** The classes that `classes` refers to: another scan may number them differently. */
  looked: z.array(sourceClass).max(254),
  /**
   * Meaning of numbers or colours in masks, from all masks read so far: a class, 0 background or 255 unknown. Null
   * for sources that state it themselves.
   */
  table: z
    .strictObject({
      byColour: z.boolean(),
      values: z.array(z.tuple([z.int().nonnegative(), z.int().min(0).max(255)])),
    })
    .nullable(),
});
export type WatchedMasks = z.infer<typeof watchedMasks>;
