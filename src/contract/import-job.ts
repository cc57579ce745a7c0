import { z } from 'zod';
import { domain, projectTask } from './entities.ts';
import { maskValueUse } from './mask-sources.ts';
import { skippedImage } from './results.ts';
import { maskState } from './masks.ts';
import { rekeyReport } from './patients.ts';
import { path } from './values.ts';

/** Imports a folder of images into a project, as the app does. */
export const importRequest = z.strictObject({
  folder: path,
  workspace: path,
  /** Name of the project; created if there is none. */
  project: path,
  /** Source of labels: `folders`, `none`, or a CSV file. */
  labels: path.default('folders'),
  /** Domain of a new project. */
  domain: domain.optional(),
  task: projectTask.optional(),
  /** Source of masks: a file, or `found` for those in the folder, if they are of one kind. */
  masks: path.optional(),
  /**
   * Pairs `what=class`, separated by commas: a name, number or colour of the masks, and a class, `background` or
   * `ignore`.
   */
  class: z.string().max(100_000).optional(),
  /** True to create classes that the masks name and the project lacks. */
  newClasses: z.boolean().default(false),
  /** True to replace masks that images already have. */
  replaceMasks: z.boolean().default(false),
  /** Property of polygons that names the class; known for files exported here. */
  property: z.string().min(1).max(200).optional(),
  /** Whether masks are marked as done; by default, they are if they cover everything in an image. */
  maskState: maskState.optional(),
  /** True to read the patients of the whole workspace again first, under a new secret. */
  rekey: z.boolean().default(false),
});
export type ImportRequest = z.infer<typeof importRequest>;

/** @public The form of what `--json` prints. */
export const importSummary = z.strictObject({
  workspace: z.string(),
  project: z.strictObject({ id: z.int(), name: z.string(), isNew: z.boolean() }),
  folder: z.string(),
  /** Number of images, slices included. */
  found: z.int(),
  added: z.int(),
  /** Found images whose content was already in the project, copies within the folder included. */
  known: z.int(),
  /** Known images that are copies: the project has their content from another file. */
  copies: z.int(),
  /** Known images found at another path than before. */
  moved: z.int(),
  /** Images imported with their masks. */
  masks: z.int(),
  /** Values that the mask files store, the most frequent first; empty without such files. */
  maskValues: z.array(maskValueUse),
  /** Files that were imported as images and look like masks of the others. */
  likelyMasks: z.int(),
  /** Files whose names are not those of images. */
  otherFiles: z.int(),
  skipped: z.array(skippedImage),
  /** Null if it was not requested. */
  rekeyed: rekeyReport.nullable(),
});
export type ImportSummary = z.infer<typeof importSummary>;

/** Searches for missing images of a project in another folder. */
export const locateRequest = z.strictObject({
  folder: path,
  workspace: path,
  /** Name of the project. */
  project: path,
  /** The folder that they were imported from; all unless given. */
  from: path.optional(),
});
export type LocateRequest = z.infer<typeof locateRequest>;
