import { z } from 'zod';
import { maskClassValue, maskState } from './masks.ts';
import { path } from './values.ts';

/** As they cross a process. */
const bytes = z.custom<Uint8Array>((value) => value instanceof Uint8Array);

/** Where masks of images may come from, as it crosses processes. */

/**
 * `masks`: a folder of them beside one of images; `beside`: among the images, by their names and what they hold; `dicom-seg`: segmentations among the DICOM files of a
 * folder; the others are files, `nifti` a label map of a DICOM series. `file`: one that a person chose, told by its content.
 */
const maskSourceKind = z.enum([
  'masks',
  'beside',
  'dicom-seg',
  'coco',
  'cvat',
  'geojson',
  'geotiff',
  'nifti',
  'file',
]);
export type MaskSourceKind = z.infer<typeof maskSourceKind>;

export const maskSourcePlace = z.strictObject({
  kind: maskSourceKind,
  /** Absolute; of the folder of images for those that are not one file. */
  path,
  /** Which property of GeoJSON names the class; null: not chosen, or another kind. */
  property: z.string().max(200).nullable().default(null),
});
export type MaskSourcePlace = z.infer<typeof maskSourcePlace>;

export const foundMaskSource = z.strictObject({
  kind: maskSourceKind,
  path: z.string(),
  /** Masks or segmentations where it is a folder; 1 for a file. */
  files: z.int().positive(),
});
export type FoundMaskSource = z.infer<typeof foundMaskSource>;

/** A class as a source has it; one of name, number and colour is there. */
const sourceClass = z.strictObject({
  /** What stands for it where classes are assigned. */
  value: maskClassValue,
  name: z.string().nullable(),
  /** In the file. */
  number: z.int().nullable(),
  colour: z
    .string()
    .regex(/^#[0-9a-f]{6}$/)
    .nullable(),
  /** Images, segments or shapes that have it, as the kind of source counts; null where it is not counted. */
  count: z.int().nonnegative().nullable(),
});
export type SourceClass = z.infer<typeof sourceClass>;

/** A number or colour that mask files store; neither is there for pixels that a file says have no data. */
const storedValue = z.strictObject({
  number: z.int().nullable(),
  colour: z
    .string()
    .regex(/^#[0-9a-f]{6}$/)
    .nullable(),
  /** What it stands for: 0 background, 255 nothing known, else the value of a `sourceClass`. */
  value: z.int().min(0).max(255),
  /** Of the pixels of all masks, (0, 1]. */
  share: z.number().min(0).max(1),
  /** Masks that have it. */
  masks: z.int().positive(),
});
export type StoredValue = z.infer<typeof storedValue>;

/** An image with its mask, made smaller. */
export const maskPreview = z.strictObject({
  /** Among the images that have a mask, from 0, and how many these are. */
  index: z.int().nonnegative(),
  total: z.int().positive(),
  name: z.string(),
  /** JPEG or WebP, of the shape of the mask. */
  picture: bytes,
  /** px of `values`. */
  width: z.int().positive(),
  height: z.int().positive(),
  /** (height, width), in the values of `sourceClass`; 0 background, 255 nothing known. */
  values: bytes,
});
export type MaskPreview = z.infer<typeof maskPreview>;

/** What an import makes of a value that mask files store. */
export const maskValueUse = z.strictObject({
  /** Its number or colour, with the name that a list of classes gives it. */
  value: z.string(),
  /** Of the pixels of all masks. */
  share: z.number().min(0).max(1),
  /** The name of a class, `background` or `not known`. */
  becomes: z.string(),
});
export type MaskValueUse = z.infer<typeof maskValueUse>;

/** What a source holds, read as far as that takes. */
export const maskSourceContents = z.strictObject({
  kind: maskSourceKind,
  /** Files of the folder that it has something for. */
  images: z.int().nonnegative(),
  classes: z.array(sourceClass).max(254),
  /** Every value that mask files store, the most frequent first; empty for outlines and segments. */
  values: z.array(storedValue),
  /** Properties of GeoJSON that may name the class, with how many different values; else empty. */
  properties: z.array(z.strictObject({ name: z.string(), values: z.int().positive() })),
  property: z.string().nullable(),
  /** What does not fit or cannot be read; the first of them. */
  problems: z.array(z.strictObject({ path: z.string(), reason: z.string() })),
  problemCount: z.int().nonnegative(),
  /** Whether it says of an image all that there is in it. */
  isComplete: z.boolean(),
  /** Whether the project has masks already, which an import may meet. */
  hasMasks: z.boolean(),
});
export type MaskSourceContents = z.infer<typeof maskSourceContents>;

/** What becomes of a class of the source. */
const classTarget = z.union([
  z.strictObject({ class: z.int().positive() }),
  z.strictObject({ create: z.string().trim().min(1).max(200) }),
  /** Not this class, but nothing either: background, or nothing known. */
  z.enum(['background', 'ignore']),
]);
export type ClassTarget = z.infer<typeof classTarget>;

/** How masks come into a project, once a person has seen what is in them. */
export const maskImport = z.strictObject({
  source: maskSourcePlace,
  classes: z.array(z.strictObject({ value: maskClassValue, to: classTarget })).max(254),
  /** Where an image has a mask by a person already. */
  onConflict: z.enum(['keep', 'replace']).default('keep'),
  state: maskState,
});
export type MaskImport = z.infer<typeof maskImport>;

/** How masks come into a project with a watched folder: as they first came, by what that had decided. */
export const watchedMasks = maskImport.extend({
  /** The classes that `classes` speaks of: another look may number them otherwise. */
  looked: z.array(sourceClass).max(254),
  /**
   * What numbers or colours in masks mean, by what all masks had: a class, 0 background or 255 nothing
   * known. Null for sources that say it themselves.
   */
  table: z
    .strictObject({
      byColour: z.boolean(),
      values: z.array(z.tuple([z.int().nonnegative(), z.int().min(0).max(255)])),
    })
    .nullable(),
});
export type WatchedMasks = z.infer<typeof watchedMasks>;
