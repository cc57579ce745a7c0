import { z } from 'zod';
import { imageFacts, imageFilter, labelChange, projectImage, useChange } from '../entities.ts';
import {
  fileFilter,
  fileOutcome,
  folderContents,
  importReport,
  importedFile,
  keptReport,
  labelSource,
  locateReport,
  missingImages,
  watchedFolder,
} from '../folder-imports.ts';
import {
  bandStatistics,
  imageTile,
  statisticsRequest,
  tileRequest,
  viewedImage,
} from '../image-view.ts';
import { bytes, preparation } from '../jobs.ts';
import { maskImport, maskPreview, maskSourceContents, maskSourcePlace } from '../mask-sources.ts';
import { patientStatus, rekeyReport } from '../patients.ts';
import { id, nothing, path } from '../values.ts';
import type { Method } from '../values.ts';

/** Methods of images: imports, missing files, labels, uses, and the viewer. */
export const imageMethods = {
  /** Previews what an import of a folder would add. */
  'image.look': { params: z.strictObject({ folder: path }), result: folderContents },
  /** Reads the masks of a source and describes their contents for the images of a folder. */
  'image.lookMasks': {
    params: z.strictObject({ project: id, folder: path, source: maskSourcePlace }),
    result: maskSourceContents,
  },
  /**
   * Returns an image with its mask, from the source that was inspected last; null if there is none to show.
   */
  'image.previewMasks': {
    params: z.strictObject({
      project: id,
      folder: path,
      source: maskSourcePlace,
      index: z.int().nonnegative(),
    }),
    result: maskPreview.nullable(),
  },
  /**
   * Imports the images of a folder, which are referenced in place, with labels from class folders, a CSV file, or
   * none. Images in a folder named test, or whose rows state so, are held out. Masks next to images are left out.
   */
  'image.import': {
    params: z.strictObject({
      project: id,
      folder: path,
      labels: labelSource,
      /** Masks to import into a segmentation project; null leaves them out. */
      masks: maskImport.nullable().default(null),
      /** Whether new files are imported automatically from then on, with labels from the same source. */
      watch: z.boolean().default(false),
    }),
    result: importReport,
  },
  /** Stops an import; images imported so far stay. */
  'image.stopImport': { params: z.strictObject({ project: id }), result: nothing },
  /** Returns whether images can be grouped by patient. */
  'patients.status': { params: nothing, result: patientStatus },
  /**
   * Reads again which patient each image belongs to, and stores all groups under a new secret. Emits
   * `patients.progress`.
   */
  'patients.rekey': { params: nothing, result: rekeyReport },
  /** Checks whether the files of all images are still in place. */
  'image.missing': { params: z.strictObject({ project: id }), result: missingImages },
  /**
   * Searches another folder for missing images: for those imported from one folder, or for all (null). Found images
   * get their new paths in one transaction.
   */
  'image.locate': {
    params: z.strictObject({ project: id, from: z.string().nullable(), to: path }),
    result: locateReport,
  },
  /** Undoes the latest search. */
  'image.undoLocate': {
    params: z.strictObject({ project: id }),
    result: z.strictObject({ images: z.int().nonnegative() }),
  },
  'image.page': {
    params: z.strictObject({
      project: id,
      filter: imageFilter,
      offset: z.int().nonnegative(),
      limit: z.int().min(1).max(500),
    }),
    result: z.strictObject({ total: z.int().nonnegative(), images: z.array(projectImage) }),
  },
  /** Returns the reports of this project's imports, the latest first. */
  'image.reports': { params: z.strictObject({ project: id }), result: z.array(keptReport) },
  /** Lists the outcome of each file of an import, by path. */
  'image.files': {
    params: z.strictObject({
      project: id,
      filter: fileFilter,
      offset: z.int().nonnegative(),
      limit: z.int().min(1).max(500),
    }),
    result: z.strictObject({
      total: z.int().nonnegative(),
      counts: z.record(fileOutcome, z.int().nonnegative()),
      files: z.array(importedFile),
    }),
  },
  /** Counts the files left out by all imports of a project. */
  'image.leftOut': { params: z.strictObject({ project: id }), result: z.int().nonnegative() },
  /** Saves the whole table of files as CSV. */
  'image.saveFiles': {
    params: z.strictObject({ project: id, filter: fileFilter, file: path }),
    result: z.strictObject({ file: z.string(), rows: z.int().nonnegative() }),
  },
  'image.watched': { params: z.strictObject({ project: id }), result: z.array(watchedFolder) },
  'image.stopWatching': { params: z.strictObject({ project: id, folder: path }), result: nothing },
  /** Allows a watch that is `asking` to continue. */
  'image.resumeWatching': {
    params: z.strictObject({ project: id, folder: path }),
    result: nothing,
  },
  /** Applies changes and returns those that undo them. */
  'image.label': {
    params: z.strictObject({ project: id, changes: z.array(labelChange).min(1).max(10_000) }),
    result: z.array(labelChange),
  },
  /**
   * Sets the use of images (test or training) and their groups. A change to one image applies to its whole group,
   * unless `exact`. Returns the changes that undo it (to be applied exactly), how many more images changed with their
   * group, and the groups that have been on both sides of the test set and are test images as a whole from now on.
   */
  'image.setUse': {
    params: z.strictObject({
      project: id,
      changes: z.array(useChange).min(1).max(200_000),
      exact: z.boolean().default(false),
    }),
    result: z.strictObject({
      undo: z.array(useChange),
      followed: z.int().nonnegative(),
      spanning: z.array(z.string()),
    }),
  },
  'image.remove': {
    params: z.strictObject({ project: id, images: z.array(id).min(1).max(10_000) }),
    result: nothing,
  },
  /**
   * Returns a thumbnail of an image as its project prepares it, WebP. `mark`: identifies the requested preparation
   * (see `preparationMark`); 'invalid-option' if the project's preparation has changed since.
   */
  'image.picture': {
    params: z.strictObject({
      image: id,
      side: z.enum(['thumbnail', 'whole']),
      mark: z.string().optional(),
    }),
    result: bytes,
  },
  'image.describe': { params: z.strictObject({ image: id }), result: imageFacts },
  /** Returns a thumbnail of an image under any preparation, WebP of at most 512 px per side. */
  'image.preview': { params: z.strictObject({ image: id, preparation }), result: bytes },
  /** Describes an image for a viewer, before it requests tiles. */
  'image.open': { params: z.strictObject({ image: id }), result: viewedImage },
  /**
   * Returns the stored values of a tile. The first tile of a very large file without levels of its own waits until
   * smaller copies are made; 'image.levels' reports the progress.
   */
  'image.tile': { params: tileRequest, result: imageTile },
  /** Measures values of bands; returns one result per band, in the same order. */
  'image.statistics': { params: statisticsRequest, result: z.array(bandStatistics) },
  /** Returns the images of the stack that this image belongs to, itself included, in slice order. */
  'image.stack': { params: z.strictObject({ image: id }), result: z.array(id) },
} as const satisfies Record<string, Method>;
