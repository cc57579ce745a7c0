import { z } from 'zod';
import { skippedImage } from './results.ts';

/** Format of exported labels: common mask formats, or a table of image classes. */

export const labelFormat = z.enum([
  'png',
  'coco',
  'geotiff',
  'geojson',
  'gpkg',
  'nifti',
  'dicom-seg',
  'csv',
]);
export type LabelFormat = z.infer<typeof labelFormat>;

/**
 * Masks to export: all masks of the user, or those marked as done; a table of image classes has every label.
 */
export const exportedMasks = z.enum(['all', 'done']);
export type ExportedMasks = z.infer<typeof exportedMasks>;

/** Suitability of a format for the labels of a project, judging by some of its files. */
const labelFormatFit = z.strictObject({
  format: labelFormat,
  /** Share of the inspected images that the format fits. */
  fits: z.enum(['all', 'some', 'none']),
  /** Why the first of the others does not fit the format. */
  reason: z.string().nullable(),
});
export type LabelFormatFit = z.infer<typeof labelFormatFit>;

export const labelExportChoices = z.strictObject({
  formats: z.array(labelFormatFit),
  /** Images with a mask of the user, and how many of these masks are done. */
  masks: z.int().nonnegative(),
  done: z.int().nonnegative(),
  /** Images with a class, or labelled as showing none. */
  labelled: z.int().nonnegative(),
});
export type LabelExportChoices = z.infer<typeof labelExportChoices>;

export const labelExportReport = z.strictObject({
  format: labelFormat,
  /** Absolute path: the requested folder, or a subfolder if it was not empty. */
  folder: z.string(),
  /** Paths relative to the folder, with `/`. */
  files: z.array(z.string()),
  /** Images whose labels are in the files. */
  images: z.int().nonnegative(),
  /** Images without a (done) mask or label. */
  unmarked: z.int().nonnegative(),
  /** Images whose labels do not fit the format, and why. */
  leftOut: z.array(skippedImage),
  /** Notes about the files for the user. */
  notes: z.array(z.string()),
  /** True if the export was stopped; existing files are complete. */
  cancelled: z.boolean(),
});
export type LabelExportReport = z.infer<typeof labelExportReport>;

/** Request of the command line. */
export const labelExportRequest = z.strictObject({
  workspace: z.string().min(1).max(4096),
  project: z.string().min(1).max(200),
  format: labelFormat,
  which: exportedMasks.default('all'),
  out: z.string().min(1).max(4096),
});
export type LabelExportRequest = z.infer<typeof labelExportRequest>;
