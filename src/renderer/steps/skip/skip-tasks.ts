import type { ProjectTask } from '../../../contract/app.ts';
import { usualTraining } from '../../../contract/jobs.ts';
import type { MissingLabels } from '../../lib/images/labels-needed.ts';
import type { StepName } from '../../lib/project-state.svelte.ts';
import { skipText } from '../../text/en/steps/skip.ts';

/** Something that distilling needs and the project lacks, and the step that provides it. */
export interface Missing {
  readonly what: string;
  readonly go: string;
  readonly step: StepName;
}

/** Differences between tasks at the skip factor step. */
interface SkipTask {
  /** Default number of steps, and of images per step. */
  readonly training: { readonly steps: number; readonly batch: number };
  /**
   * True if the student learns from masks: the step then has settings for them, and checks the masks before a run
   * starts.
   */
  readonly hasMasks: boolean;
  readonly missing: (labels: MissingLabels) => Missing;
}

const classification: SkipTask = {
  training: usualTraining.classification,
  hasMasks: false,
  missing: missingClasses,
};

const segmentation: SkipTask = {
  training: usualTraining.segmentation,
  hasMasks: true,
  missing: missingMasks,
};

export const skipTasks: Readonly<Record<ProjectTask, SkipTask>> = {
  single: classification,
  several: classification,
  segmentation,
};

function missingClasses(labels: MissingLabels): Missing {
  const text = skipText.missing;
  switch (labels.kind) {
    case 'images':
      return { ...text.images, step: 'images' };
    case 'classes':
      return { ...text.classes, step: 'labels' };
    case 'labels':
      return {
        what: text.labels.what(labels.have, labels.need),
        go: text.labels.go,
        step: 'labels',
      };
    case 'tested':
      return { ...text.tested, step: 'labels' };
    case 'masks':
      return missingMasks(labels);
  }
}

function missingMasks(labels: MissingLabels): Missing {
  const text = skipText.missing.outlines;
  switch (labels.kind) {
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
