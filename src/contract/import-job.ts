import { z } from 'zod';
import { domain, projectTask } from './entities.ts';
import { maskValueUse } from './mask-sources.ts';
import { skippedImage } from './results.ts';
import { maskState } from './masks.ts';
import { rekeyReport } from './patients.ts';
import { path } from './values.ts';

/** A folder of images that comes into a project, as the window brings it in. */
export const importRequest = z.strictObject({
  folder: path,
  workspace: path,
  /** Project by name; created if there is none. */
  project: path,
  /** `folders`, `none`, or a CSV file. */
  labels: path.default('folders'),
  /** Domain of a new project. */
  domain: domain.optional(),
  task: projectTask.optional(),
  /** A file of masks, or `found`: those in the folder, if they are of one kind. */
  masks: path.optional(),
  /** `what=class`, separated by commas: a name, number or colour of the masks, and a class, `background` or `ignore`. */
  class: z.string().max(100_000).optional(),
  /** True to create classes that the masks name and the project lacks. */
  newClasses: z.boolean().default(false),
  /** True to replace masks that images already have. */
  replaceMasks: z.boolean().default(false),
  /** Property of polygons that names the class; known for files exported here. */
  property: z.string().min(1).max(200).optional(),
  /** Done where the masks say all that there is, unless given. */
  maskState: maskState.optional(),
  /** True to read all patients of the workspace again first, under a new secret. */
  rekey: z.boolean().default(false),
});
export type ImportRequest = z.infer<typeof importRequest>;

/** @public The form of what `--json` prints. */
export const importSummary = z.strictObject({
  workspace: z.string(),
  project: z.strictObject({ id: z.int(), name: z.string(), isNew: z.boolean() }),
  folder: z.string(),
  /** Images, slices among them. */
  found: z.int(),
  added: z.int(),
  /** Found images whose content was already in the project, copies within the folder included. */
  known: z.int(),
  /** Known images that are copies: the project has their content from another file. */
  copies: z.int(),
  /** Known images found in another place than before. */
  moved: z.int(),
  /** Images whose masks came in. */
  masks: z.int(),
  /** Values that the mask files store, the most frequent first; empty without such files. */
  maskValues: z.array(maskValueUse),
  /** Files that came in as images and look like masks of the others. */
  likelyMasks: z.int(),
  /** Files that are no images by their names. */
  otherFiles: z.int(),
  skipped: z.array(skippedImage),
  /** Null unless it was asked for. */
  rekeyed: rekeyReport.nullable(),
});
export type ImportSummary = z.infer<typeof importSummary>;

/** Missing images of a project that are looked for in another folder. */
export const locateRequest = z.strictObject({
  folder: path,
  workspace: path,
  /** Project by name. */
  project: path,
  /** The folder that they were imported from; all unless given. */
  from: path.optional(),
});
export type LocateRequest = z.infer<typeof locateRequest>;
