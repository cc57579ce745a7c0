import { z } from 'zod';
import { foundMaskSource } from './mask-sources.ts';
import { skippedImage } from './results.ts';
import { id, path, when } from './values.ts';

/** Imports of folders as they cross processes: what a folder holds, reports, missing images and watched folders. */

/** Preview of what an import of a folder would bring in. */
export const folderContents = z.strictObject({
  /** Files: those of DICOM and NIfTI may hold several images each. */
  images: z.int().nonnegative(),
  /** True if files of these formats are among them. */
  hasVolumes: z.boolean(),
  /** Images in a folder named test, which are held out. */
  test: z.int().nonnegative(),
  /** Masks beside the images, which are left out. */
  masks: z.int().nonnegative(),
  /** Possible sources of masks for the images. */
  maskSources: z.array(foundMaskSource),
  /** Images in class folders; how many such folders, and the first of them by name. */
  labelled: z.int().nonnegative(),
  classCount: z.int().nonnegative(),
  classes: z.array(z.strictObject({ name: z.string(), images: z.int().positive() })),
  /** A CSV file in the folder that has labels. */
  table: z.string().nullable(),
  /** The one folder in it that holds everything and has folders of its own. */
  inner: z.string().nullable(),
});
export type FolderContents = z.infer<typeof folderContents>;

export const importReport = z.strictObject({
  project: id,
  folder: z.string(),
  found: z.int().nonnegative(),
  added: z.int().nonnegative(),
  /** Images whose content is already in the project. */
  known: z.int().nonnegative(),
  /** Known images found in another place than before. */
  moved: z.int().nonnegative().default(0),
  /** Known images that are copies: the project has their content from another file. */
  copies: z.int().nonnegative().default(0),
  /** Images whose masks came in. */
  masks: z.int().nonnegative().default(0),
  /** Images that came in without the mask that there is for them, as it does not fit. */
  masksLeftOut: z.int().nonnegative().default(0),
  /** Images that were found and could not be read, since their files were gone by then. */
  lost: z.int().nonnegative().default(0),
  /** First files and folders that were left out. */
  skipped: z.array(skippedImage),
  cancelled: z.boolean(),
});
export type ImportReport = z.infer<typeof importReport>;

/** Images whose files are not where they were, by the folder that they were imported from. */
export const missingImages = z.strictObject({
  images: z.int().nonnegative(),
  folders: z.array(
    z.strictObject({
      folder: z.string(),
      missing: z.int().positive(),
      images: z.int().positive(),
    }),
  ),
});
export type MissingImages = z.infer<typeof missingImages>;

/** Result of a search for missing images in a folder. */
export const locateReport = z.strictObject({
  /** Absolute. */
  folder: z.string(),
  /** Missing images before the search. */
  missing: z.int().nonnegative(),
  found: z.int().nonnegative(),
  /** Images that were found under a different name or in a different folder. */
  byContent: z.int().nonnegative(),
  /** Found images whose files have another name. */
  renamed: z.int().nonnegative(),
  /** The first that was not found; null where all were. */
  first: z.string().nullable(),
});
export type LocateReport = z.infer<typeof locateReport>;

export const keptReport = importReport.extend({ id, createdAt: when });
export type KeptReport = z.infer<typeof keptReport>;

/** Source of the labels of a folder. */
export const labelSource = z.union([z.enum(['folders', 'none']), z.strictObject({ csv: path })]);
export type LabelSource = z.infer<typeof labelSource>;

/** Outcome of a file in an import; `other`: not an image, judging by its name. */
export const fileOutcome = z.enum(['added', 'known', 'moved', 'skipped', 'other']);
export type FileOutcome = z.infer<typeof fileOutcome>;

/** A file of a folder that was imported. */
export const importedFile = z.strictObject({
  /** Absolute. */
  path: z.string(),
  /** The one that was imported; null where that is no longer known. */
  folder: z.string().nullable(),
  /** Relative to the folder, with `/`. */
  name: z.string(),
  outcome: fileOutcome,
  /** Why it was skipped, or what else is to be known of it. */
  reason: z.string().nullable(),
});
export type ImportedFile = z.infer<typeof importedFile>;

/** Selection of files: of one import (by its report's id) or of all, and by outcome. */
export const fileFilter = z.strictObject({
  report: id.nullable(),
  show: z.union([z.literal('all'), fileOutcome]).default('all'),
  /** Part of the path. */
  search: z.string().max(200).default(''),
});
export type FileFilter = z.infer<typeof fileFilter>;

/** A folder whose new files come in by themselves. */
export const watchedFolder = z.strictObject({
  folder: z.string(),
  labels: labelSource,
  /**
   * `missing`: it is not there at present; `failed`: nothing of it can come in, for the reason given; `asking`: the
   * workspace came from another computer, and a person has not agreed to the watch here yet.
   */
  state: z.enum(['watching', 'missing', 'failed', 'asking']),
  message: z.string().nullable(),
  /** Images that came in by themselves since the app was started. */
  added: z.int().nonnegative(),
});
export type WatchedFolder = z.infer<typeof watchedFolder>;
