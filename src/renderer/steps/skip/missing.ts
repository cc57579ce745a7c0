import type { Project } from '../../../contract/app.ts';
import { missingLabels } from '../../lib/images/labels-needed.ts';
import { skipText } from '../../text/en/steps/skip.ts';
import { type Missing, skipTasks } from './skip-tasks.ts';

/** Everything that a project lacks for distilling, in the order of the steps. */
export function missingFor(project: Project): readonly Missing[] {
  const labels = missingLabels(project);
  const { missing } = skipTasks[project.task];
  return [...(labels === null ? [] : [missing(labels)]), ...missingTeacher(project)];
}

function missingTeacher({ settings }: Project): readonly Missing[] {
  return settings.teacher === null ? [{ ...skipText.missing.teacher, step: 'teacher' }] : [];
}
