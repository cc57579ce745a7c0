import { z } from 'zod';
import { teacher } from './entities.ts';
import { teacherOverrides } from './jobs.ts';
import { path } from './values.ts';

/** Adds a teacher to a workspace, as the app does. */
export const teacherImportRequest = teacherOverrides.extend({ file: path, workspace: path });
export type TeacherImportRequest = z.infer<typeof teacherImportRequest>;

/** @public The form of what `--json` prints. */
export const teacherImportSummary = z.strictObject({
  workspace: z.string(),
  teacher,
  /** True if the teacher was added by this request. */
  isNew: z.boolean(),
});
export type TeacherImportSummary = z.infer<typeof teacherImportSummary>;

/** @public The form of what `--json` prints. */
export const teacherList = z.strictObject({
  workspace: z.string(),
  teachers: z.array(teacher),
  /** Number of teachers whose files are missing. */
  gone: z.array(teacher.shape.id),
});
export type TeacherList = z.infer<typeof teacherList>;
