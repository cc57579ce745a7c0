import { join } from 'node:path';
import { z } from 'zod';
import type { ProjectImage } from '../../contract/app.ts';
import { maskState } from '../../contract/masks.ts';
import { isImageSize } from '../../core/mask/tiles.ts';
import { count, flag, json, side } from '../columns.ts';
import { assignedPart } from './uses.ts';

// Columns that queries select from the table of images, and the form of their rows.

const classIds = json(z.array(z.number()));

const imageRow = z.object({
  id: z.number(),
  name: z.string(),
  width: side,
  height: side,
  isLabelled: flag,
  classes: classIds,
  isTest: flag,
  isLearn: flag,
  group: z.string().nullable(),
});

export const projectImageRow = imageRow.extend({
  isReviewed: flag,
  mask: maskState.nullable(),
  isPredicted: flag,
});

/** Converts a row to the contract's form, which omits absent values. */
export function toProjectImage(row: z.infer<typeof projectImageRow>): ProjectImage {
  const { id, name, width, height, isLabelled, classes, isTest, isReviewed, mask } = row;
  const { isPredicted, isLearn, group } = row;
  return {
    id,
    name,
    width,
    height,
    isLabelled,
    classes,
    isTest,
    ...(isLearn && { isLearn }),
    ...(group !== null && { group }),
    ...(isReviewed && { isReviewed }),
    ...(mask !== null && { mask }),
    ...(isPredicted && { isPredicted }),
  };
}

/** Row of `projectImageColumns` in the contract's form. */
export const pageRow = projectImageRow.refine(isImageSize).transform(toProjectImage);

export const storedRow = z
  .object({
    ...imageRow.shape,
    project: z.number(),
    folder: z.string(),
    sha256: z.instanceof(Uint8Array),
    bytes: count,
    modified: z.number(),
    frame: count.nullable(),
    drawn: z.enum(['test', 'learn']).nullable(),
  })
  .refine(isImageSize)
  .transform(({ group, frame, drawn, isLearn, ...row }) => ({
    ...row,
    assigned: assignedPart(row.isTest, isLearn),
    drawn: drawn ?? undefined,
    group: group ?? undefined,
    frame: frame ?? undefined,
    path: join(row.folder, frame === null ? row.name : row.name.replace(/#\d+$/, '')),
  }));

export const keyedRow = z
  .object({
    id: z.number(),
    project: z.number(),
    folder: z.string(),
    name: z.string(),
    sha256: z.instanceof(Uint8Array),
    bytes: count,
    modified: z.number(),
    group: z.string(),
    frame: count.nullable(),
  })
  .transform(({ folder, name, frame, ...row }) => ({
    ...row,
    path: join(folder, frame === null ? name : name.replace(/#\d+$/, '')),
  }));

/** Image whose group was derived with the workspace's secret, and its file. */
export type KeyedImage = z.infer<typeof keyedRow>;

/** Pattern of groups from files: 16 hex digits, a hash of patient, volume or series with the workspace's secret. */
export const keyedGlob = '[0-9a-f]'.repeat(16);
/** Condition for rows of images with a group of this form. */
export const isKeyed = `group_name GLOB '${keyedGlob}'`;

const imageColumns = `
  id, name, width, height, is_labelled AS isLabelled, is_test AS isTest, is_learn AS isLearn,
  group_name AS "group",
  (SELECT json_group_array(class ORDER BY class) FROM labels WHERE image = images.id) AS classes`;

/** Columns of `images` for `projectImageRow`. */
export const projectImageColumns = `${imageColumns}, is_reviewed AS isReviewed,
  (SELECT state FROM masks WHERE image = images.id AND layer = 'human') AS mask,
  EXISTS (SELECT 1 FROM masks WHERE image = images.id AND layer = 'student') AS isPredicted`;

/** Columns of `images` for `storedRow`. */
export const storedColumns = `${imageColumns}, project, folder, sha256, bytes,
  modified, frame, drawn`;
