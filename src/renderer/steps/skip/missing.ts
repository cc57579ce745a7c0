import type { Project } from '../../../contract/app.ts';
import { type MissingLabels, missingLabels } from '../../lib/labels-needed.ts';
import type { StepName } from '../../lib/project-state.svelte.ts';
import { skipText } from '../../text/en/skip.ts';

/** Something that distilling needs and the project lacks, and where to see to it. */
export interface Missing {
  readonly what: string;
  readonly go: string;
  readonly step: StepName;
}

export function missingFor(project: Project): readonly Missing[] {
  const labels = missingLabels(project);
  const isOutlining = project.task === 'segmentation';
  const placed = isOutlining ? placedOutlines : placedLabels;
  return [...(labels === null ? [] : [placed(labels)]), ...missingTeacher(project)];
}

function placedOutlines(missing: MissingLabels): Missing {
  const text = skipText.missing.outlines;
  switch (missing.kind) {
    case 'images':
      return { ...skipText.missing.images, step: 'images' };
    case 'classes':
      return { ...text.classes, step: 'labels' };
    case 'tested':
      return { ...text.tested, step: 'labels' };
    case 'labels':
    case 'masks':
      return { ...text.masks, step: 'labels' };
  }
}

function placedLabels(missing: MissingLabels): Missing {
  const text = skipText.missing;
  switch (missing.kind) {
    case 'images':
      return { ...text.images, step: 'images' };
    case 'classes':
      return { ...text.classes, step: 'labels' };
    case 'labels':
      return {
        ...{ what: text.labels.what(missing.have, missing.need), go: text.labels.go },
        step: 'labels',
      };
    case 'tested':
      return { ...text.tested, step: 'labels' };
    case 'masks':
      return placedOutlines(missing);
  }
}

function missingTeacher({ settings }: Project): readonly Missing[] {
  return settings.teacher === null ? [{ ...skipText.missing.teacher, step: 'teacher' }] : [];
}
