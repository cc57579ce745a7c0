import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type {
  TeacherImportRequest,
  TeacherImportSummary,
  TeacherList,
} from '../contract/teacher-job.ts';
import { UserError } from '../core/errors.ts';
import { databaseName, openStore } from '../store/store.ts';
import type { JobContext } from './job.ts';
import { TeacherService } from './services/teachers.ts';

/**
 * Brings a teacher into a workspace, as the window does: it is tried on a few images first.
 *
 * @throws UserError 'in-use' where the workspace is open elsewhere, 'cancelled', and as `TeacherService.add`
 */
export async function importTeacher(
  { file, workspace, ...overrides }: TeacherImportRequest,
  { signal }: JobContext,
): Promise<TeacherImportSummary> {
  const store = openStore(workspace);
  try {
    const teachers = new TeacherService(store);
    await teachers.ensureBundled();
    const known = new Set(teachers.list().map(({ id }) => id));
    const teacher = await teachers.add(file, overrides, signal);
    return { workspace: store.folder, teacher, isNew: !known.has(teacher.id) };
  } finally {
    store.close();
  }
}

/**
 * The teachers of a workspace that no window has open.
 *
 * @throws UserError 'in-use', 'not-found' where there is no workspace
 */
export function listTeachers(workspace: string): TeacherList {
  const folder = resolve(workspace);
  if (!existsSync(join(folder, databaseName))) {
    throw new UserError(
      'not-found',
      `There is no workspace in ${folder}. Check the path; teacher import begins one, and so does the window.`,
    );
  }
  const store = openStore(folder, { isKnown: true });
  try {
    const teachers = new TeacherService(store).list();
    const gone = teachers.filter(({ file }) => !existsSync(file)).map(({ id }) => id);
    return { workspace: store.folder, teachers, gone };
  } finally {
    store.close();
  }
}
