import type { ProjectTask } from '../../../contract/app.ts';
import { classRuns } from './class-runs.ts';
import { segmentationRuns } from './segmentation-runs.ts';
import type { RunTask } from './run-task.ts';

/** Task of a project's runs. */
export const runTasks: Readonly<Record<ProjectTask, RunTask>> = {
  single: classRuns,
  several: classRuns,
  segmentation: segmentationRuns,
};
