import { existsSync } from 'node:fs';
import type {
  TeacherImportRequest,
  TeacherImportSummary,
  TeacherList,
} from '../../contract/teacher-job.ts';
import { openStore } from '../../store/store.ts';
import type { JobContext } from '../job.ts';
import { openNamedWorkspace } from '../files/named-workspace.ts';
import { makeFilesPrivate } from '../files/private-files.ts';
import { requireTeacher } from '../teachers/teacher-place.ts';
import { TeacherService } from '../app/teachers/teachers.ts';

/**
 * Imports a teacher into a workspace, as the app does: it is tried on a few images first.
 *
 * @throws UserError 'in-use' if the workspace is open elsewhere, 'cancelled', and as `requireTeacher` and
 * `TeacherService.add`
 */
export async function importTeacher(
  { file, workspace, ...overrides }: TeacherImportRequest,
  { signal }: JobContext,
): Promise<TeacherImportSummary> {
  // Before a workspace is created for it.
  requireTeacher(file);
  makeFilesPrivate();
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
 * Teachers of a workspace that no app has open.
 *
 * @throws UserError 'in-use', 'not-found' if there is no workspace
 */
export function listTeachers(workspace: string): TeacherList {
  const store = openNamedWorkspace(workspace);
  try {
    const teachers = new TeacherService(store).list();
    const gone = teachers.filter(({ file }) => !existsSync(file)).map(({ id }) => id);
    return { workspace: store.folder, teachers, gone };
  } finally {
    store.close();
  }
}
