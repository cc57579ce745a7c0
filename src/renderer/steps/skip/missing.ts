import type { Project } from '../../../contract/app.ts';
import type { StepName } from '../../lib/project-state.svelte.ts';
import { skipText } from '../../text/en/skip.ts';

/** Something that distilling needs and the project lacks, and where to see to it. */
export interface Missing {
  readonly what: string;
  readonly go: string;
  readonly step: StepName;
}

/** Of several labels one is enough: an image may have none of them. */
const classesNeeded = { single: 2, several: 1 };

export function missingFor(project: Project): readonly Missing[] {
  const text = skipText.missing;
  if (project.images === 0) return [{ ...text.images, step: 'images' }, ...missingTeacher(project)];
  const needed = classesNeeded[project.task];
  const labelled = project.classes.filter(({ images }) => images > 0).length;
  const missing: Missing[] = [];
  if (project.classes.length < needed) missing.push({ ...text.classes, step: 'labels' });
  else if (labelled < needed) {
    missing.push({ what: text.labels.what(labelled, needed), go: text.labels.go, step: 'labels' });
  }
  return [...missing, ...missingTeacher(project)];
}

function missingTeacher({ settings }: Project): readonly Missing[] {
  return settings.teacher === null ? [{ ...skipText.missing.teacher, step: 'teacher' }] : [];
}
