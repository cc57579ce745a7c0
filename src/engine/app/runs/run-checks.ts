import { totalmem } from 'node:os';
import type { Project } from '../../../contract/app.ts';
import { UserError } from '../../../core/errors.ts';
import { keptBlocks } from '../../../core/vit/copy.ts';
import type { Store } from '../../../store/store.ts';
import { memoryNeeded } from '../../speed/estimates.ts';
import { runTasks } from './run-tasks.ts';
import { architectureOf, workOf } from '../teachers/teachers.ts';
import { runText } from '../../../text/index.ts';

/** Multiple of the computer's memory beyond which an estimate leaves no doubt. */
const hopeless = 2;

/**
 * Checks a run before it begins; returns notes for the user.
 *
 * @param memory memory of the computer, bytes
 * @throws UserError with what is missing
 */
export async function checkRun(
  store: Store,
  project: Project,
  memory = totalmem(),
): Promise<string[]> {
  const { teacher, imageSize } = project.settings;
  if (teacher === null) {
    throw new UserError('invalid-option', runText.noTeacher(project.name));
  }
  const { patchSize } = store.teachers.get(teacher).description.architecture;
  if (imageSize !== null && imageSize % patchSize !== 0) {
    throw new UserError(
      'invalid-option',
      runText.sizeNotOfPatches({ imageSize, patch: patchSize }),
    );
  }
  const notes = await runTasks[project.task].check(store, project, patchSize);
  return [...notes, ...memoryNotes(store, project, teacher, memory)];
}

/** @throws UserError 'too-large' */
function memoryNotes(store: Store, project: Project, teacher: number, memory: number): string[] {
  const own = architectureOf(store.teachers.get(teacher));
  const work = workOf(project, own);
  const blocks = keptBlocks(own.depth, Math.min(project.settings.skip, own.depth)).length;
  const needed = memoryNeeded(work.architecture, blocks, work);
  if (needed <= memory) return [];
  const need = { imageSize: work.architecture.imageSize, needed, memory };
  if (needed > hopeless * memory) throw new UserError('too-large', runText.tooMuchMemory(need));
  return [runText.muchMemory(need)];
}
