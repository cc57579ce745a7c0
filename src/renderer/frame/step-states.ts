import type { Project, Run } from '../../contract/app.ts';
import { labelsThatHelp, missingLabels } from '../lib/images/labels-needed.ts';
import type { StepName } from '../lib/project-state.svelte.ts';

export type StepProgress = 'done' | 'work' | 'open' | 'waiting';

export interface StepState {
  readonly progress: StepProgress;
  /** Requirement that a waiting step lacks. */
  readonly waitsFor?: 'images' | 'labels' | 'teacher' | 'run';
}

const unmade: Record<StepName, StepState> = {
  project: { progress: 'open' },
  images: { progress: 'waiting' },
  labels: { progress: 'waiting' },
  teacher: { progress: 'waiting' },
  skip: { progress: 'waiting' },
  distil: { progress: 'waiting' },
  result: { progress: 'waiting' },
  export: { progress: 'waiting' },
};

/** State of each step: done, in progress, open, or waiting for another step. */
export function stepStates(
  project: Project | null,
  runs: readonly Run[],
  isImporting: boolean,
): Record<StepName, StepState> {
  if (project === null) return unmade;
  const hasImages = project.images > 0;
  const hasTeacher = project.settings.teacher !== null;
  const hasResult = runs.some(({ state }) => state === 'done');
  const isAtWork = runs.some(({ state }) => ['running', 'queued', 'paused'].includes(state));
  const waiting = (waitsFor: NonNullable<StepState['waitsFor']>): StepState => ({
    progress: 'waiting',
    waitsFor,
  });
  const either = (isDone: boolean): StepState => ({ progress: isDone ? 'done' : 'open' });

  return {
    project: either(project.classes.length > 0),
    images: isImporting ? { progress: 'work' } : either(hasImages),
    labels: hasImages ? { progress: labelProgress(project) } : waiting('images'),
    teacher: either(hasTeacher),
    skip: hasTeacher ? either(runs.length > 0) : waiting('teacher'),
    distil: isAtWork ? { progress: 'work' } : distilState(project, hasResult, waiting),
    result: hasResult ? { progress: 'done' } : waiting('run'),
    export: hasResult ? either(runs.some(({ isExported }) => isExported)) : waiting('run'),
  };
}

function labelProgress(project: Project): StepProgress {
  if (project.labelled + project.drafts === 0) return 'open';
  const isEnough = missingLabels(project) === null && labelsThatHelp(project) === 0;
  return isEnough ? 'done' : 'work';
}

function distilState(
  project: Project,
  hasResult: boolean,
  waiting: (waitsFor: 'images' | 'labels' | 'teacher') => StepState,
): StepState {
  if (hasResult) return { progress: 'done' };
  if (project.images === 0) return waiting('images');
  if (missingLabels(project) !== null) return waiting('labels');
  return project.settings.teacher === null ? waiting('teacher') : { progress: 'open' };
}
